package process

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

func TestAnIdentityIsAliveUntilItsProcessEnds(t *testing.T) {
	command := exec.Command("sleep", "60")
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	identity, err := Of(command.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	read, err := ParseIdentity(identity.String())
	if err != nil || read != identity {
		t.Fatalf("got %v, %v", read, err)
	}
	if !identity.Alive() {
		t.Fatal("it is not alive")
	}
	later := Identity{Pid: identity.Pid, Start: identity.Start + 1}
	if later.Alive() {
		t.Error("a later process with the same pid counts as the same")
	}
	if err := identity.Kill(syscall.SIGKILL, time.Second); err != nil {
		t.Fatal(err)
	}
	if identity.Alive() {
		t.Error("it survived")
	}
	if err := identity.Kill(syscall.SIGKILL, time.Second); err != nil {
		t.Errorf("killing it again: %v", err)
	}
}

func TestThisProcessIsAlive(t *testing.T) {
	identity, err := Of(os.Getpid())
	if err != nil || !identity.Alive() {
		t.Errorf("got %v, %v", identity, err)
	}
}
