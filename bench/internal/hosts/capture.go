package hosts

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"

	"github.com/lastack/lastack/link"
	"github.com/lastack/lastack/link/tap"
)

// captured is the link with a capture of its packets, if one is wanted: the
// file DIR/STACK-ADDRESS.pcapng, written anew by each run.
func captured(l link.Link, o Options, stack string, host netip.Prefix) (link.Link, error) {
	if o.Capture == "" {
		return l, nil
	}
	f, err := os.Create(filepath.Join(o.Capture, stack+"-"+host.Addr().String()+".pcapng"))
	if err != nil {
		return nil, err
	}
	tapped, err := tap.New(l, f)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return &capture{Link: tapped, file: f}, nil
}

// A capture is a tapped link that owns its file.
type capture struct {
	link.Link
	file *os.File
}

func (c *capture) Close() error { return errors.Join(c.Link.Close(), c.file.Close()) }
