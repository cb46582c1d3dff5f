// Package interop tests lastack against the TCP of the Linux kernel, over TUN
// devices in network namespaces that each test makes for itself.
//
// The tests run as root on Linux, with plain go test; elsewhere they are
// skipped and say why. They use ip, ss, curl and tshark.
package interop
