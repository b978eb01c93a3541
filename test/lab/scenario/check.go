package scenario

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"eventloom.dev/lab/cluster"
	"eventloom.dev/lab/fault"
)

const (
	defaultSettle   = 60 * time.Second
	defaultDuration = 30 * time.Second
	// DefaultNamespace is where things live that name no namespace.
	DefaultNamespace = "default"
)

func (s *Scenario) fillDefaults() {
	if s.Settle == 0 {
		s.Settle = fault.Duration(defaultSettle)
	}
	if s.Duration == 0 {
		s.Duration = fault.Duration(defaultDuration)
	}
	if s.Cluster.Nodes == 0 {
		s.Cluster.Nodes = 1
	}
}

// ClusterOptions are those of the cluster the scenario needs.
func (s *Scenario) ClusterOptions() cluster.Options {
	options := cluster.Defaults()
	options.Nodes = s.Cluster.Nodes
	options.ControlPlane = fault.OrElse(s.Cluster.ControlPlane, options.ControlPlane)
	if s.Cluster.NodeCores > 0 {
		options.NodeCores = s.Cluster.NodeCores
	}
	if s.Cluster.EventTTL > 0 {
		options.EventTTL = s.Cluster.EventTTL
	}
	if s.Cluster.EtcdCompactionInterval > 0 {
		options.EtcdCompactionInterval = s.Cluster.EtcdCompactionInterval
	}
	return options
}

// check finds the mistakes that the schema cannot see.
func (s *Scenario) check(place placer) []Problem {
	var problems []Problem
	add := func(text string, path ...string) { problems = append(problems, place(path, text)) }
	for i, step := range s.Steps {
		at := []string{"steps", strconv.Itoa(i)}
		if names := step.actionNames(); len(names) != 1 {
			add(fmt.Sprintf("a step does exactly one thing, this one does %d: %s", len(names), strings.Join(names, ", ")), at...)
		} else if step.For > 0 && !step.ends() {
			add(fmt.Sprintf("%s has no end, so `for` means nothing here", names[0]), append(at, "for")...)
		}
		if step.At > s.Duration {
			add(fmt.Sprintf("%s is after the end of the scenario (duration %s)", step.At, s.Duration), append(at, "at")...)
		}
		for _, named := range []struct{ key, component string }{{"kill", step.Kill}, {"start", step.Start}} {
			if number, isNode := strings.CutPrefix(named.component, "node-"); isNode {
				if n, err := strconv.Atoi(number); err != nil || n < 1 || n > s.Cluster.Nodes {
					add(fmt.Sprintf("there is no %s: the scenario has %d nodes", named.component, s.Cluster.Nodes), append(at, named.key)...)
				}
			}
		}
	}
	if len(s.Explains) > 0 && s.RootCause == nil {
		add("effects are explained by a rootCause, and there is none", "explains")
	}
	if s.Cluster.ControlPlane == cluster.APIServerOnly && len(s.Workloads) > 0 {
		add("nothing runs workloads with controlPlane apiserver", "workloads")
	}
	return problems
}

// ends says whether the action is undone after `for`.
func (s Step) ends() bool {
	return s.Crash != nil || s.ImagePull != nil || s.Network != nil || s.Probe != nil || s.Volumes != nil || s.Kill != "" || s.Cordon != ""
}

// actionNames are the actions that are set, in alphabetical order.
func (s Step) actionNames() []string {
	raw, err := json.Marshal(s.Action)
	if err != nil {
		return nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil
	}
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
