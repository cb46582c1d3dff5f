// Package corpus is lastack's own packetdrill scripts, one directory for each
// topic, and the list of where Linux is known to differ from them.
//
// They are written from the RFCs that they cite, in packetdrill's language, so
// that packetdrill runs them as well. The package stands in testdata, where
// wildcards do not look for packages, only so that the scripts can be embedded
// from where people look for them.
package corpus

import "embed"

// Files is the scripts (<topic>/<name>.pkt), linux.tsv, the matrix that more
// scripts are made from, and where Linux differs from that.
//
//go:embed */*.pkt linux.tsv matrix.txt matrix-linux.txt
var Files embed.FS
