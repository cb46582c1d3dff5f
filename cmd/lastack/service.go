package main

import (
	"net"
	"os"
	"strconv"
	"strings"
)

// A service is what the stack offers at a port.
type service struct {
	name string
	port uint16
	dir  string // http: the folder
}

// serviceForms is what a service looks like on the command line.
const serviceForms = "echo:7, discard:9, chargen:19 or http:80=DIR"

// parseServices reads the services of a command line.
func parseServices(args []string) (all []service, err error) {
	if len(args) == 0 {
		return nil, usagef("name at least one service: %s", serviceForms)
	}
	taken := map[uint16]string{}
	for _, arg := range args {
		s, err := parseService(arg)
		if err != nil {
			return nil, err
		}
		if other, ok := taken[s.port]; ok {
			return nil, usagef("services %q and %q are at the same port; give each its own", other, arg)
		}
		taken[s.port] = arg
		all = append(all, s)
	}
	return all, nil
}

// parseService reads "name:port" or "http:port=dir".
func parseService(arg string) (s service, err error) {
	rest, dir, hasDir := strings.Cut(arg, "=")
	name, port, hasPort := strings.Cut(rest, ":")
	s.name, s.dir = name, dir
	switch {
	case name != "echo" && name != "discard" && name != "chargen" && name != "http":
		return s, usagef("unknown service %q; write %s", arg, serviceForms)
	case !hasPort:
		return s, usagef("service %q has no port; write it like %s", arg, s.example())
	case name == "http" && dir == "":
		return s, usagef("service %q has no folder; write it like %s", arg, s.example())
	case name != "http" && hasDir:
		return s, usagef("service %q takes no folder; write it like %s", arg, s.example())
	}
	if s.port, err = parsePort(port); err != nil {
		return s, err
	}
	return s, s.checkDir()
}

// example is a service of the same name as one would write it.
func (s service) example() string {
	for form := range strings.FieldsFuncSeq(serviceForms, func(r rune) bool { return r == ',' || r == ' ' }) {
		if strings.HasPrefix(form, s.name) {
			return form
		}
	}
	return serviceForms
}

// parsePort reads the number of a port.
func parsePort(text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return 0, usagef("port %q is not a number from 1 to 65535", text)
	}
	return uint16(n), nil
}

// checkDir checks that the folder is one.
func (s service) checkDir() error {
	if s.dir == "" {
		return nil
	}
	info, err := os.Stat(s.dir)
	switch {
	case err != nil:
		return usagef("the folder of service %q cannot be read: %w", s.name, err)
	case !info.IsDir():
		return usagef("%s is a file; give the http service the folder that it is in", s.dir)
	}
	return nil
}

// about says what the service does.
func (s service) about() string {
	switch s.name {
	case "echo":
		return "sends back what it gets (RFC 862)"
	case "discard":
		return "throws away what it gets (RFC 863)"
	case "chargen":
		return "sends characters without end (RFC 864)"
	}
	return "the files of " + s.dir
}

// try is a command that uses the service at an address of the stack.
func (s service) try(host string) string {
	at := host + " " + strconv.Itoa(int(s.port))
	switch s.name {
	case "echo":
		return "nc " + at
	case "discard":
		return "nc -N " + at + " < FILE"
	case "chargen":
		return "nc " + at + " | head"
	}
	if s.port == 80 {
		return "curl http://" + bracketed(host) + "/"
	}
	return "curl http://" + net.JoinHostPort(host, strconv.Itoa(int(s.port))) + "/"
}

// bracketed is a host as URLs have it.
func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}
