// Package throughput measures what connections get out of a simulated network,
// and holds it against what theory says they should: one flow under each
// congestion control over many networks, two flows that share one, and how long
// short responses take.
//
// Everything is whole stacks in virtual time, so the figures are the same on
// every run, and a change of the sender or the receiver shows as a change of a
// table in testdata.
package throughput
