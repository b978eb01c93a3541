package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"eventloom.dev/lab/cluster"
	"eventloom.dev/lab/process"
)

// reach is what `lab up` prints: everything needed to use the cluster.
type reach struct {
	Dir         string            `json:"dir"`
	Server      string            `json:"server"`
	Kubeconfig  string            `json:"kubeconfig"`
	Kubeconfigs map[string]string `json:"kubeconfigs"`
	Tokens      map[string]string `json:"tokens"`
	CAFile      string            `json:"caFile"`
	Etcd        string            `json:"etcd"`
	Nodes       []string          `json:"nodes"`
	Alive       map[string]bool   `json:"alive"`
	Pid         int               `json:"pid,omitempty"` // of `up --foreground`
	ReadyMs     int64             `json:"readyMs,omitempty"`
}

func reachOf(c *cluster.Cluster) reach {
	r := reach{
		Dir: c.Options.Dir, Server: c.Server, Kubeconfig: c.Kubeconfig(), CAFile: c.Path("ca.crt"), Etcd: c.Etcd,
		Nodes: c.NodeNames(), Kubeconfigs: map[string]string{}, Tokens: map[string]string{}, Alive: map[string]bool{},
	}
	for _, user := range cluster.Users {
		r.Kubeconfigs[user.Name] = c.KubeconfigOf(user.Name)
		r.Tokens[user.Name] = cluster.TokenOf(user.Name)
	}
	for name, identity := range c.Components {
		r.Alive[name] = identity.Alive()
	}
	return r
}

// clusterFlags adds the flags that decide what a cluster consists of.
func clusterFlags(flags *flag.FlagSet) *cluster.Options {
	options := cluster.Defaults()
	flags.StringVar(&options.ControlPlane, "control-plane", options.ControlPlane, "full, or apiserver: only etcd and kube-apiserver")
	flags.IntVar(&options.Nodes, "nodes", options.Nodes, "number of nodes")
	flags.IntVar(&options.NodeCores, "node-cores", options.NodeCores, "cores of each pretended node")
	flags.DurationVar((*time.Duration)(&options.EventTTL), "event-ttl", options.EventTTL.Std(), "how long events live")
	flags.DurationVar((*time.Duration)(&options.EtcdCompactionInterval), "etcd-compaction-interval", options.EtcdCompactionInterval.Std(),
		"how often etcd's history is removed")
	return &options
}

func up(ctx context.Context, args []string) error {
	flags, dir := newFlags("up")
	options := clusterFlags(flags)
	foreground := flags.Bool("foreground", false, "stay, and stop everything at the end")
	asJSON := flags.Bool("json", false, "print one line of JSON")
	if _, err := parse(flags, args); err != nil {
		return err
	}
	options.Dir = *dir
	if problems := options.Validate(); len(problems) > 0 {
		return usageError(problems)
	}
	if *foreground {
		return upForeground(ctx, *options, isSet(flags, "dir"))
	}
	started := time.Now()
	c, err := cluster.Up(ctx, *options)
	if err != nil {
		return err
	}
	return printReach(os.Stdout, c, *asJSON, time.Since(started), 0)
}

// upForeground owns the cluster: whatever ends this process ends the cluster too. Without --dir the directory is made for it
// and removed afterwards.
func upForeground(ctx context.Context, options cluster.Options, keepDir bool) error {
	self, err := process.Of(os.Getpid())
	if err != nil {
		return err
	}
	options.Owner = self.String()
	if !keepDir {
		if options.Dir, err = os.MkdirTemp("", "eventloom-lab-"); err != nil {
			return err
		}
		defer os.RemoveAll(options.Dir)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if endsByItself(os.Stdin) {
		go func() {
			_, _ = io.Copy(io.Discard, bufio.NewReader(os.Stdin))
			cancel()
		}()
	}
	started := time.Now()
	c, err := cluster.Up(ctx, options)
	if err != nil {
		return err
	}
	if err := printReach(os.Stdout, c, true, time.Since(started), os.Getpid()); err != nil {
		return err
	}
	<-ctx.Done()
	return c.Down()
}

// endsByItself is true for a pipe or socket: its end means that the parent is gone. /dev/null ends at once and means nothing.
func endsByItself(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&(os.ModeNamedPipe|os.ModeSocket) != 0
}

func printReach(out io.Writer, c *cluster.Cluster, asJSON bool, took time.Duration, pid int) error {
	r := reachOf(c)
	r.Pid, r.ReadyMs = pid, took.Milliseconds()
	if asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	_, err := fmt.Fprintf(out, "ready in %s\n  kubeconfig  %s\n  server      %s\n  dir         %s\n  stop it     lab down --dir %s\n",
		took.Round(100*time.Millisecond), r.Kubeconfig, r.Server, r.Dir, r.Dir)
	return err
}

func isSet(flags *flag.FlagSet, name string) bool {
	set := false
	flags.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}

func usageError(problems []string) error {
	text := ""
	for _, problem := range problems {
		text += "\n  " + problem
	}
	return fmt.Errorf("%w: %d problems:%s", errUsage, len(problems), text)
}
