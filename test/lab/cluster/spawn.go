package cluster

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"eventloom.dev/lab/component"
	"eventloom.dev/lab/process"
)

// stopPatience is how long a component may take to heed SIGTERM before it is killed.
const stopPatience = 5 * time.Second

// Start runs a component in the background, in a process group of its own, with its log in DIR/logs. Starting a running one is
// an error; starting it again after a kill uses the same ports and data.
func (c *Cluster) Start(name string) error {
	arguments, err := c.arguments(name)
	if err != nil {
		return err
	}
	c.reload()
	if c.Components[name].Alive() {
		return fmt.Errorf("%s is running already (process %d)", name, c.Components[name].Pid)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(c.logPath(name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	command := exec.Command(self, append([]string{"component", name}, arguments...)...)
	command.Args[0] = programName(name) // becomes the component's user agent, and so the field manager in its objects
	command.Dir = c.Options.Dir
	command.Stdout, command.Stderr = log, log
	command.Env = append(os.Environ(), component.OwnerVariable+"="+c.Options.Owner)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		return fmt.Errorf("start %s: %w", name, err)
	}
	identity, err := process.Of(command.Process.Pid)
	if err != nil {
		return fmt.Errorf("%s ended at once: %s", name, c.logTail(name))
	}
	if err := command.Process.Release(); err != nil {
		return err
	}
	return c.record(name, identity)
}

// programName is what Kubernetes calls the component's program.
func programName(name string) string {
	if strings.HasPrefix(name, "node-") {
		return "kubelet"
	}
	if name == "etcd" || name == "storage" {
		return name
	}
	return "kube-" + name
}

// Kill ends a component with SIGKILL, as a crash of the machine would. Killing a dead one is no error.
func (c *Cluster) Kill(name string) error { return c.end(name, syscall.SIGKILL) }

// Stop ends a component orderly.
func (c *Cluster) Stop(name string) error { return c.end(name, syscall.SIGTERM) }

func (c *Cluster) end(name string, signal syscall.Signal) error {
	c.reload()
	identity, known := c.Components[name]
	if !known {
		return fmt.Errorf("no component is called %q; there are: %s", name, strings.Join(c.componentNames(), ", "))
	}
	return identity.Kill(signal, stopPatience)
}

// Down ends every process of the cluster and nothing else. The directory stays.
func (c *Cluster) Down() error {
	c.reload()
	var failures []string
	names := c.componentNames()
	for i := len(names) - 1; i >= 0; i-- {
		identity, started := c.Components[names[i]]
		if !started {
			continue
		}
		if err := identity.Kill(syscall.SIGKILL, stopPatience); err != nil {
			failures = append(failures, err.Error())
		}
	}
	if len(failures) > 0 {
		return fmt.Errorf("stop the cluster: %s", strings.Join(failures, "; "))
	}
	return nil
}

func (c *Cluster) logPath(name string) string { return c.Path("logs", name+".log") }

// logTail is the end of a component's log, for error messages.
func (c *Cluster) logTail(name string) string {
	raw, err := os.ReadFile(c.logPath(name))
	if err != nil {
		return "no log"
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "\n")
}

// waitUntil asks again and again until `ready` answers without error, the component has ended, or the time is over.
func (c *Cluster) waitUntil(ctx context.Context, name string, timeout time.Duration, ready func(context.Context) error) error {
	deadline := time.Now().Add(timeout)
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		if name != "" && !c.Components[name].Alive() {
			return fmt.Errorf("%s ended while starting: %s", name, c.logTail(name))
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s is not ready after %s: %w", name, timeout, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
