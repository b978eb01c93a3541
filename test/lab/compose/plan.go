// Package compose lays recordings of lab runs one after another, with their quiet times stretched, to a recording of days.
package compose

import (
	"fmt"
	"os"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	"eventloom.dev/lab/fault"
)

// Plan says which run is laid where.
type Plan struct {
	Recordings string `json:"recordings"` // folder of the packed runs, from the plan's own folder
	Passes     []Pass `json:"passes"`
}

// Pass is one run laid at one time. The same run may be laid many times; each is a happening of its own.
type Pass struct {
	Run   string         `json:"run"`
	At    time.Time      `json:"at"`
	Lasts fault.Duration `json:"lasts"`
}

// LoadPlan reads a plan and lists everything that is wrong with it.
func LoadPlan(path string) (*Plan, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var plan Plan
	if err := yaml.UnmarshalStrict(raw, &plan); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if problems := plan.problems(); len(problems) > 0 {
		return nil, fmt.Errorf("%s: %d problems\n  %s", path, len(problems), strings.Join(problems, "\n  "))
	}
	return &plan, nil
}

func (p *Plan) problems() []string {
	var problems []string
	if len(p.Passes) == 0 {
		problems = append(problems, "passes: there are none")
	}
	for i, pass := range p.Passes {
		if pass.Run == "" || pass.At.IsZero() || pass.Lasts <= 0 {
			problems = append(problems, fmt.Sprintf("passes[%d]: needs run, at and lasts", i))
		}
		if i > 0 && pass.At.Before(p.Passes[i-1].end()) {
			problems = append(problems, fmt.Sprintf("passes[%d]: begins at %s, before the one before it ends (%s)", i,
				pass.At.Format(time.RFC3339), p.Passes[i-1].end().Format(time.RFC3339)))
		}
	}
	return problems
}

func (p Pass) end() time.Time { return p.At.Add(p.Lasts.Std()) }

// key tells passes apart wherever something is derived from one.
func (p Pass) key() string { return p.Run + "@" + p.At.UTC().Format(time.RFC3339) }
