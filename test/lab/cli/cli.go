// Package cli is the lab's command line.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"eventloom.dev/lab/cluster"
	"eventloom.dev/lab/component"
)

const usage = `usage: lab COMMAND [ARGUMENTS] [--dir DIR]

  up                    start a cluster in the background and print how to reach it
     --foreground       print one line of JSON and stop everything on SIGTERM, SIGINT or the end of stdin
     --control-plane full|apiserver   --nodes N   --node-cores N   --event-ttl 1h   --etcd-compaction-interval 5m   --json
  status                print the same again, with what is alive
  down                  stop that cluster
  kill COMPONENT        SIGKILL (etcd, apiserver, scheduler, controller-manager, storage, node-1 ...)
  start COMPONENT       start it again with the same ports and data
  compact               compact etcd at its current revision: older watches get 410 Gone
  snapshot NAME         copy etcd's data;  restore NAME  puts it back: resourceVersions are used again
  token NAME            a service account's token   --namespace default --ttl 20s
  inject STEP           make one step of a scenario happen now, given as YAML   --name ID
  lift ID               end an injected fault
  run FILE --out DIR    run a scenario and record it
  validate FILE...      check scenarios
  pack DIR              compress a recording and leave out what no reader needs, as run --pack does
  compose PLAN --out DIR   lay parts of recorded scenarios on other days   --name shop

Without --dir the cluster lives in a directory named eventloom-lab among the temporary files.
`

// Exit codes.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitMissing = 3 // a scenario ran, but an effect it promises did not show
)

// errUsage marks mistakes in the command line.
var errUsage = errors.New("usage")

type command func(ctx context.Context, args []string) error

func commands(schema []byte) map[string]command {
	return map[string]command{
		"up": up, "status": status, "down": down, "kill": kill, "start": start, "compact": compact,
		"snapshot": snapshot, "restore": restore, "token": token,
		"run": runScenario(schema), "validate": validate(schema), "inject": inject(schema), "lift": lift,
		"pack": pack, "compose": composeRecording,
		"component": func(_ context.Context, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("%w: component NAME ARGUMENTS", errUsage)
			}
			return component.Run(args[0], args[1:])
		},
	}
}

// Run does one command and returns the exit code. `schema` is that of scenarios.
func Run(args []string, schema []byte) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		fmt.Print(usage)
		return exitDone
	}
	chosen, known := commands(schema)[args[0]]
	if !known {
		fmt.Fprintf(os.Stderr, "lab: there is no command %q\n\n%s", args[0], usage)
		return exitUsage
	}
	ctx := context.Background()
	if args[0] != "component" { // Kubernetes' commands handle signals themselves
		var cancel context.CancelFunc
		ctx, cancel = signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
		defer cancel()
	}
	err := chosen(ctx, args[1:])
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitDone
	case errors.Is(err, errUsage):
		fmt.Fprintf(os.Stderr, "lab %s: %s\n", args[0], strings.TrimPrefix(err.Error(), errUsage.Error()+": "))
		return exitUsage
	case errors.Is(err, errMissing):
		fmt.Fprintf(os.Stderr, "lab %s: %s\n", args[0], err)
		return exitMissing
	}
	fmt.Fprintf(os.Stderr, "lab %s: %s\n", args[0], err)
	return exitFailed
}

// errMissing says that a recorded scenario lacks effects it promises.
var errMissing = errors.New("effects missing")

// newFlags is a flag set with the flag that every command has.
func newFlags(name string) (*flag.FlagSet, *string) {
	flags := flag.NewFlagSet("lab "+name, flag.ContinueOnError)
	return flags, flags.String("dir", filepath.Join(os.TempDir(), "eventloom-lab"), "directory of the cluster")
}

// parse allows flags before and after the arguments, and wants exactly `wanted` arguments.
func parse(flags *flag.FlagSet, args []string, wanted ...string) ([]string, error) {
	var positional []string
	for {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, fmt.Errorf("%w: %w", errUsage, err)
		}
		args = flags.Args()
		if len(args) == 0 {
			break
		}
		positional, args = append(positional, args[0]), args[1:]
	}
	if len(positional) != len(wanted) {
		return nil, fmt.Errorf("%w: expected %s, got %d arguments", errUsage, expectation(wanted), len(positional))
	}
	return positional, nil
}

func expectation(wanted []string) string {
	if len(wanted) == 0 {
		return "no arguments"
	}
	return strings.Join(wanted, " ")
}

// loaded reads the flags and arguments of a command that works on a running cluster.
func loaded(name string, args []string, wanted ...string) (*cluster.Cluster, []string, error) {
	flags, dir := newFlags(name)
	positional, err := parse(flags, args, wanted...)
	if err != nil {
		return nil, nil, err
	}
	c, err := cluster.Load(*dir)
	return c, positional, err
}

// loadFrom is the running cluster that parsed flags name.
func loadFrom(flags *flag.FlagSet) (*cluster.Cluster, error) {
	return cluster.Load(flags.Lookup("dir").Value.String())
}
