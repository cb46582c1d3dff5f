//go:build linux

package interop

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// command is the lastack command, built when it is first wanted.
var command struct {
	once sync.Once
	dir  string
	err  error
}

// lastackCommand is the path of the command.
func lastackCommand(t *testing.T) string {
	t.Helper()
	command.once.Do(func() {
		if command.dir, command.err = os.MkdirTemp("", "lastack"); command.err != nil {
			return
		}
		build := exec.Command("go", "build", "-o", filepath.Join(command.dir, "lastack"), "../../cmd/lastack")
		if said, err := build.CombinedOutput(); err != nil {
			command.err = fmt.Errorf("go build: %w\n%s", err, said)
		}
	})
	must(t, command.err)
	return filepath.Join(command.dir, "lastack")
}

// A process is a lastack command that runs in a namespace.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdout printed
	stderr printed
	ended  chan error
}

// devices is the flags that make the addresses those of a lab.
var devices = []string{
	"--tun", "last0", "--host", host4.String(), "--addr", ours4.String(), "--host", host6.String(), "--addr", ours6.String(),
}

// lastack starts a subcommand with a TUN device.
func (k *kernel) lastack(stdin string, subcommand string, args ...string) *process {
	k.t.Helper()
	return k.lastackAs(stdin, subcommand, append(slices.Clone(devices), args...)...)
}

// lastackAs starts a subcommand with the flags given, and with no others.
func (k *kernel) lastackAs(stdin string, subcommand string, args ...string) *process {
	k.t.Helper()
	p := &process{t: k.t, ended: make(chan error, 1)}
	p.cmd = exec.Command(lastackCommand(k.t), append([]string{subcommand}, args...)...)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = strings.NewReader(stdin), &p.stdout, &p.stderr
	k.start(p.cmd)
	go func() { p.ended <- p.cmd.Wait() }()
	k.t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p
}

// serve starts "lastack serve" and waits until it serves.
func (k *kernel) serve(args ...string) *process {
	k.t.Helper()
	p := k.lastack("", "serve", args...)
	p.wait(&p.stdout, "Ctrl-C ends it.")
	return p
}

// wait waits until the process has printed a text.
func (p *process) wait(w *printed, want string) {
	p.t.Helper()
	await(p.t, "what lastack prints", want, func() string {
		if got := w.String(); !strings.Contains(got, want) {
			return got
		}
		return want
	})
}

// interrupt asks the process to end.
func (p *process) interrupt() { p.signal(syscall.SIGINT) }

// signal sends the process a signal.
func (p *process) signal(s os.Signal) {
	p.t.Helper()
	must(p.t, p.cmd.Process.Signal(s))
}

// status waits for the end and checks the exit status.
func (p *process) status(want int) {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.t.Fatalf("lastack does not end; it has printed\n%s%s", p.stdout.String(), p.stderr.String())
	}
	if got := p.cmd.ProcessState.ExitCode(); got != want {
		p.t.Fatalf("the exit status is %d, want %d; lastack has printed\n%s%s", got, want, p.stdout.String(), p.stderr.String())
	}
}

// printed is what a process has printed so far.
type printed struct {
	mu   sync.Mutex
	text strings.Builder
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}
