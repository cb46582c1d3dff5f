package lastack_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lastack/lastack"
)

// inBothTimes runs a test in real time and in the virtual time of a bubble.
func inBothTimes(t *testing.T, f func(t *testing.T)) {
	t.Run("real time", f)
	t.Run("virtual time", func(t *testing.T) { synctest.Test(t, f) })
}

func TestNetHTTPWorksOverTheStack(t *testing.T) {
	inBothTimes(t, func(t *testing.T) {
		client, server := pipe(t)
		serve(t, listen(t, server, "tcp", ":80"))
		exercise(t, "http://"+server4+":80", &http.Transport{DialContext: client.DialContext})
	})
}

func TestTLSWorksOverTheStack(t *testing.T) {
	inBothTimes(t, func(t *testing.T) {
		client, server := pipe(t)
		cert, roots := certificate(t, "server.test")
		serve(t, tls.NewListener(listen(t, server, "tcp", ":443"), &tls.Config{Certificates: []tls.Certificate{cert}}))
		exercise(t, "https://["+server6+"]:443", &http.Transport{
			DialContext:     client.DialContext,
			TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "server.test"},
		})
	})
}

// serve answers each request with its own body.
func serve(t *testing.T, ln net.Listener) {
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			w.Header().Set("Peer", r.RemoteAddr)
			w.Write(body)
		}),
		ReadTimeout: time.Minute,
	}
	ended := make(chan error)
	go func() { ended <- server.Serve(ln) }()
	t.Cleanup(func() {
		server.Close()
		if err := <-ended; err != http.ErrServerClosed {
			t.Errorf("the server ended with %v", err)
		}
	})
}

// exercise makes requests in turn, at once, and with a large body.
func exercise(t *testing.T, url string, transport *http.Transport) {
	client := &http.Client{Transport: transport}
	defer transport.CloseIdleConnections()

	first, _ := post(t, client, url, []byte("one"))
	again, _ := post(t, client, url, []byte("two"))
	if first == "" || first != again {
		t.Errorf("two requests in turn came from %q and %q, want one connection", first, again)
	}

	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			body := fmt.Appendf(nil, "request %d", i)
			if _, got := post(t, client, url, body); !bytes.Equal(got, body) {
				t.Errorf("request %d got %q", i, got)
			}
		})
	}
	all.Wait()

	large := make([]byte, 5<<20)
	rand.Read(large)
	if _, got := post(t, client, url, large); !bytes.Equal(got, large) {
		t.Errorf("a body of %d bytes came back with %d bytes, or changed", len(large), len(got))
	}
}

// post sends a body and gives the server's view of us, and its answer.
func post(t *testing.T, client *http.Client, url string, body []byte) (peer string, answer []byte) {
	r, err := client.Post(url, "application/octet-stream", bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return "", nil
	}
	defer r.Body.Close()
	answer, err = io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	return r.Header.Get("Peer"), answer
}

// certificate makes one that signs itself, valid now.
func certificate(t *testing.T, name string) (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		DNSNames:     []string{name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IsCA:         true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	parsed, err := x509.ParseCertificate(der)
	must(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// Both are what programs that use package net look for.
var (
	_ net.Listener = (*lastack.Listener)(nil)
	_ interface {
		net.Conn
		CloseRead() error
		CloseWrite() error
		SetLinger(int) error
		SetNoDelay(bool) error
		SetKeepAlive(bool) error
		SetKeepAlivePeriod(time.Duration) error
		SetKeepAliveConfig(net.KeepAliveConfig) error
	} = (*lastack.Conn)(nil)
)
