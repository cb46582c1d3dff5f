package oracle

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// routeQuickACK routes packets to a host to a device, and turns delayed
// acknowledgments off for its connections: they would come when the word has
// gone on, or is over.
func routeQuickACK(device string, host netip.Addr) error {
	dev, err := net.InterfaceByName(device)
	if err != nil {
		return fmt.Errorf("find %s: %w", device, err)
	}
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return fmt.Errorf("open netlink socket: %w", err)
	}
	defer unix.Close(fd)
	if err := unix.Sendto(fd, quickACKRoute(dev.Index, host), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("add route to %v: %w", host, err)
	}
	var buf [4096]byte
	n, _, err := unix.Recvfrom(fd, buf[:], 0)
	if err != nil || n < unix.SizeofNlMsghdr+4 {
		return fmt.Errorf("add route to %v: %w", host, err)
	}
	if errno := -int32(binary.NativeEndian.Uint32(buf[unix.SizeofNlMsghdr:])); errno != 0 {
		return fmt.Errorf("add route to %v: %w", host, unix.Errno(errno))
	}
	return nil
}

// quickACKRoute is the netlink message: nlmsghdr, rtmsg, and attributes, each
// with its length and type.
func quickACKRoute(device int, host netip.Addr) []byte {
	order := binary.NativeEndian
	body := []byte{unix.AF_INET, 32, 0, 0, unix.RT_TABLE_MAIN, unix.RTPROT_BOOT, unix.RT_SCOPE_LINK, unix.RTN_UNICAST, 0, 0, 0, 0}
	attr := func(typ uint16, value []byte) []byte {
		b := order.AppendUint16(nil, uint16(unix.SizeofRtAttr+len(value)))
		return append(order.AppendUint16(b, typ), value...)
	}
	number := func(n int) []byte { return order.AppendUint32(nil, uint32(n)) }
	body = append(body, attr(unix.RTA_DST, host.AsSlice())...)
	body = append(body, attr(unix.RTA_OIF, number(device))...)
	body = append(body, attr(unix.RTA_METRICS, attr(unix.RTAX_QUICKACK, number(1)))...)

	b := order.AppendUint32(nil, uint32(unix.SizeofNlMsghdr+len(body)))
	b = order.AppendUint16(b, unix.RTM_NEWROUTE)
	b = order.AppendUint16(b, unix.NLM_F_REQUEST|unix.NLM_F_ACK|unix.NLM_F_CREATE)
	b = append(b, make([]byte, 8)...) // sequence number and port
	return append(b, body...)
}
