package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	"eventloom.dev/lab/cluster"
	"eventloom.dev/lab/process"
	"eventloom.dev/lab/scenario"
)

// runScenario runs a scenario on a cluster of its own, or on that of --dir.
func runScenario(schema []byte) command {
	return func(ctx context.Context, args []string) error {
		flags, _ := newFlags("run")
		out := flags.String("out", "", "directory for events.jsonl, objects.jsonl and truth.json")
		pack := flags.Bool("pack", false, "compress the recording and leave managedFields out")
		files, err := parse(flags, args, "FILE")
		if err != nil {
			return err
		}
		if *out == "" {
			return fmt.Errorf("%w: --out DIR is missing", errUsage)
		}
		loaded, err := scenario.Load(files[0], schema)
		if err != nil {
			return err
		}
		c, done, err := clusterFor(ctx, loaded, isSet(flags, "dir"), flags.Lookup("dir").Value.String())
		if err != nil {
			return err
		}
		defer done()
		stage, err := scenario.NewStage(c)
		if err != nil {
			return err
		}
		truth, err := scenario.Run(ctx, loaded, stage, *out, os.Stderr)
		if err != nil {
			return err
		}
		if *pack {
			if err := scenario.Pack(*out); err != nil {
				return err
			}
		}
		return report(truth)
	}
}

// clusterFor is the running cluster the user named, or a new one that ends with the run.
func clusterFor(ctx context.Context, s *scenario.Scenario, given bool, dir string) (*cluster.Cluster, func(), error) {
	if given {
		c, err := cluster.Load(dir)
		return c, func() {}, err
	}
	self, err := process.Of(os.Getpid())
	if err != nil {
		return nil, nil, err
	}
	options := s.ClusterOptions()
	options.Owner = self.String()
	if options.Dir, err = os.MkdirTemp("", "eventloom-lab-"); err != nil {
		return nil, nil, err
	}
	started := time.Now()
	c, err := cluster.Up(ctx, options)
	if err != nil {
		return nil, nil, fmt.Errorf("%w (logs are in %s)", err, filepath.Join(options.Dir, "logs"))
	}
	fmt.Fprintf(os.Stderr, "%s: cluster ready after %s\n", s.Name, time.Since(started).Round(100*time.Millisecond))
	return c, func() {
		if err := c.Down(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		if os.Getenv("EVENTLOOM_LAB_KEEP") == "" {
			_ = os.RemoveAll(options.Dir)
		}
	}, nil
}

// report prints what was recorded, and fails when a promised effect is not there.
func report(truth *scenario.Truth) error {
	fmt.Printf("%s: %d lines\n", truth.Scenario, truth.Lines)
	for _, effect := range truth.Explains {
		fmt.Printf("  %-9s %-28s %-44s %d versions of %d objects\n", effect.Kind, effect.Reason, effect.Namespace+"/"+effect.Name, effect.Versions, effect.Objects)
	}
	if missing := truth.Missing(); len(missing) > 0 {
		return fmt.Errorf("%w:\n  %s", errMissing, strings.Join(missing, "\n  "))
	}
	return nil
}

// validate checks scenarios without running them.
func validate(schema []byte) command {
	return func(_ context.Context, args []string) error {
		if len(args) == 0 {
			return fmt.Errorf("%w: expected FILE...", errUsage)
		}
		var problems []string
		for _, file := range args {
			if _, err := scenario.Load(file, schema); err != nil {
				problems = append(problems, err.Error())
			}
		}
		if len(problems) > 0 {
			return fmt.Errorf("%s", strings.Join(problems, "\n"))
		}
		return nil
	}
}

// inject makes one step happen on a running cluster now. It is checked as part of a scenario that has only this step.
func inject(schema []byte) command {
	return func(ctx context.Context, args []string) error {
		flags, _ := newFlags("inject")
		id := flags.String("name", "injected", "id by which `lab lift` ends it")
		texts, err := parse(flags, args, "STEP")
		if err != nil {
			return err
		}
		c, err := loadFrom(flags)
		if err != nil {
			return err
		}
		step, err := parseStep(texts[0], *id, len(c.NodeNames()), schema)
		if err != nil {
			return err
		}
		stage, err := scenario.NewStage(c)
		if err != nil {
			return err
		}
		return stage.Perform(ctx, step)
	}
}

func parseStep(text, id string, nodes int, schema []byte) (scenario.Step, error) {
	var step map[string]any
	if err := yaml.Unmarshal([]byte(text), &step); err != nil {
		return scenario.Step{}, fmt.Errorf("%w: STEP is not YAML: %w", errUsage, err)
	}
	if step == nil {
		return scenario.Step{}, fmt.Errorf("%w: STEP is empty", errUsage)
	}
	step["at"], step["id"] = "0s", id
	whole, err := json.Marshal(map[string]any{"name": "injected", "steps": []any{step}, "cluster": map[string]any{"nodes": max(1, nodes)}})
	if err != nil {
		return scenario.Step{}, err
	}
	parsed, err := scenario.Parse("STEP", whole, schema)
	if err != nil {
		return scenario.Step{}, err
	}
	return parsed.Steps[0], nil
}

// lift ends an injected fault.
func lift(_ context.Context, args []string) error {
	c, ids, err := loaded("lift", args, "ID")
	if err != nil {
		return err
	}
	stage, err := scenario.NewStage(c)
	if err != nil {
		return err
	}
	return stage.Board.Remove(ids[0])
}
