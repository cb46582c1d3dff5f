package tun

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// tunPath is the file that makes TUN devices when it is opened.
const tunPath = "/dev/net/tun"

// create makes a device and returns its file, which does not block, and its
// name. The device goes when the file is closed.
func create(name string) (fd int, got string, err error) {
	ifr, err := unix.NewIfreq(name)
	if err != nil {
		return -1, "", fmt.Errorf("name %q: %w", name, err)
	}
	fd, err = unix.Open(tunPath, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, "", explainOpen(err)
	}
	// Packets come without a header before them, and a device that exists
	// already is not taken over.
	ifr.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI | unix.IFF_TUN_EXCL)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, ifr); err != nil {
		_ = unix.Close(fd)
		return -1, "", explainCreate(name, err)
	}
	return fd, ifr.Name(), nil
}

// explainOpen says what to do about an error of opening tunPath.
func explainOpen(err error) error {
	switch {
	case errors.Is(err, unix.EACCES):
		return fmt.Errorf("the permissions of %s keep you out: run as root, or let its owner allow you to read and write it (usual is crw-rw-rw-): %w",
			tunPath, err)
	case errors.Is(err, unix.EPERM):
		return fmt.Errorf("%s may not be opened here: run as root, or give the device to the container (--device %s): %w", tunPath, tunPath, err)
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENXIO), errors.Is(err, unix.ENODEV):
		return fmt.Errorf("there is no %s: load the kernel's module (modprobe tun), or give the device to the container (--device %s): %w",
			tunPath, tunPath, err)
	}
	return fmt.Errorf("open %s: %w", tunPath, err)
}

// explainCreate says what to do about an error of creating a device.
func explainCreate(name string, err error) error {
	switch {
	case errors.Is(err, unix.EPERM):
		return privileges(err)
	case errors.Is(err, unix.EBUSY):
		if !isTUN(name) {
			return fmt.Errorf("the name %q is taken: choose another: %w", name, err)
		}
		return fmt.Errorf("the name %q is taken: choose another, or remove that device (ip link delete %s): %w", name, name, err)
	case errors.Is(err, unix.EINVAL):
		return fmt.Errorf("%q is no name for a device: %w", name, err)
	}
	return fmt.Errorf("create device %q: %w", name, err)
}

// isTUN reports whether a device is of our kind, so that it may be removed.
func isTUN(name string) bool {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer func() { _ = unix.Close(fd) }()
	info, err := unix.IoctlGetEthtoolDrvinfo(fd, name)
	return err == nil && unix.ByteSliceToString(info.Driver[:]) == "tun" && unix.ByteSliceToString(info.Bus_info[:]) == "tun"
}

// explainRead says what an error of reading means.
func explainRead(err error) error {
	if errors.Is(err, unix.EBADFD) {
		return fmt.Errorf("the device was removed: %w", err)
	}
	return err
}

func privileges(err error) error {
	return fmt.Errorf("creating a tun device needs the capability CAP_NET_ADMIN: run as root, or in a namespace of your own (unshare -rn): %w", err)
}
