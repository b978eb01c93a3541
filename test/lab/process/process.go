// Package process names processes so that a recorded one is never mistaken for a later one with the same pid.
package process

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Identity is a pid with the kernel's start time of the process, in clock ticks since boot.
type Identity struct {
	Pid   int    `json:"pid"`
	Start uint64 `json:"start"`
}

// Of reads the identity of a living process.
func Of(pid int) (Identity, error) {
	start, state, err := stat(pid)
	if err != nil {
		return Identity{}, err
	}
	if state == "Z" {
		return Identity{}, fmt.Errorf("process %d has ended", pid)
	}
	return Identity{Pid: pid, Start: start}, nil
}

// ParseIdentity reads what String wrote.
func ParseIdentity(text string) (Identity, error) {
	pid, start, found := strings.Cut(text, ":")
	if !found {
		return Identity{}, fmt.Errorf("%q is not pid:start", text)
	}
	number, err := strconv.Atoi(pid)
	if err != nil {
		return Identity{}, err
	}
	ticks, err := strconv.ParseUint(start, 10, 64)
	return Identity{Pid: number, Start: ticks}, err
}

func (i Identity) String() string { return fmt.Sprintf("%d:%d", i.Pid, i.Start) }

// Alive says whether this very process still runs; a zombie does not.
func (i Identity) Alive() bool {
	if i.Pid <= 0 {
		return false
	}
	current, err := Of(i.Pid)
	return err == nil && current.Start == i.Start
}

// Kill sends `signal` to the process' group, which it leads, and waits until the process is gone. After `patience` it is killed.
func (i Identity) Kill(signal syscall.Signal, patience time.Duration) error {
	if !i.Alive() {
		return nil
	}
	if err := syscall.Kill(-i.Pid, signal); err != nil && err != syscall.ESRCH {
		return fmt.Errorf("signal %s to process %d: %w", signal, i.Pid, err)
	}
	deadline := time.Now().Add(patience)
	killed := signal == syscall.SIGKILL
	for i.Alive() {
		if time.Now().After(deadline) {
			if killed {
				return fmt.Errorf("process %d survives SIGKILL", i.Pid)
			}
			_ = syscall.Kill(-i.Pid, syscall.SIGKILL)
			killed = true
			deadline = time.Now().Add(patience)
		}
		reap(i.Pid)
		time.Sleep(10 * time.Millisecond)
	}
	return nil
}

// reap collects the process if it is a child of this one; otherwise its parent or init does.
func reap(pid int) {
	var status syscall.WaitStatus
	_, _ = syscall.Wait4(pid, &status, syscall.WNOHANG, nil)
}

// stat reads start time and state from the kernel. The command name in parentheses may hold spaces, hence the cut at the last ')'.
func stat(pid int) (uint64, string, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, "", err
	}
	text := string(raw)
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) < 20 {
		return 0, "", fmt.Errorf("unexpected stat of process %d", pid)
	}
	start, err := strconv.ParseUint(fields[19], 10, 64)
	return start, fields[0], err
}
