// Package matrix makes packetdrill scripts from a table: what every state of
// a TCP answers to every kind of segment, wherever its SEQ and ACK fall.
//
// The table, testdata/drill/matrix.txt, is written from the RFCs. A case is a
// state, which side opened, a segment with its positions, and a version of IP; the
// first rule of the table that matches it says what is expected. The script of a
// case leads to the state, sends the segment, looks at the answer and at the
// state, and ends with an exchange whose outcome is known: so an answer where
// none should be, and numbers that have moved, are found as well.
package matrix
