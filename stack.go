package lastack

import (
	"errors"
	"fmt"
	"net"

	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/link"
)

// A Stack is a TCP/IP host of its own on a link: it has addresses, listens and
// dials. Its methods may be called by several goroutines at once.
type Stack struct {
	cfg   Config
	shard shard
}

// New makes a stack on a link and starts it. The stack owns the link then, and
// Close closes it; if New fails, the link stays the caller's.
func New(l link.Link, cfg Config) (*Stack, error) {
	s, err := newStack(l, cfg)
	if err != nil {
		return nil, fmt.Errorf("lastack: %w", err)
	}
	return s, nil
}

func newStack(l link.Link, cfg Config) (*Stack, error) {
	if l == nil {
		return nil, errors.New("the link is nil: give the stack one, such as that of tun.Open or an end of link.Pipe")
	}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s := &Stack{cfg: cfg}
	sh := &s.shard
	sh.init(l, cfg.Observer)
	coreConfig, err := cfg.core(l.MTU())
	if err != nil {
		return nil, err
	}
	coreConfig.Observer = sh.events.sink()
	if sh.core, err = stack.New(coreConfig); err != nil {
		return nil, err
	}
	if err := l.Start(sh.receive); err != nil {
		return nil, fmt.Errorf("starting the link: %w", err)
	}
	return s, nil
}

// Close ends the stack: it aborts its connections, closes its listeners and
// its link, and returns when no goroutine or timer of it is left. Calls that
// wait, and all later ones, fail with net.ErrClosed. Connections that should
// end in order have to be closed before, and given time.
//
// It must not be called from Config.Observer.
func (s *Stack) Close() error {
	if !s.shard.close() {
		return fmt.Errorf("lastack: closing the stack: %w", net.ErrClosed)
	}
	return s.shard.link.Close()
}
