// Package compose lays recordings of lab runs on other days: their parts keep their pace, and only the quiet times between get longer.
package compose

import (
	"fmt"
	"os"
	"slices"
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

// Pass is one run, laid part by part. With `every` it is laid again and again; each time is a happening of its own.
type Pass struct {
	Run   string         `json:"run"`
	Parts []Part         `json:"parts"`
	Ends  fault.Duration `json:"ends,omitempty"`  // the last part, as `from` of the others; 0 = with the run
	Every fault.Duration `json:"every,omitempty"` // from one time to the next; 0 = laid once
	Until time.Time      `json:"until"`           // with `every`: nothing is laid after this
}

// Part of a run begins `From` after the clock of its steps started, and is laid at `At`. The first part of a run that is laid once
// also holds what came before.
type Part struct {
	From fault.Duration `json:"from"`
	At   time.Time      `json:"at"`
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
		for _, problem := range pass.problems() {
			problems = append(problems, fmt.Sprintf("passes[%d]%s", i, problem))
		}
	}
	return problems
}

func (p Pass) problems() []string {
	if p.Run == "" || len(p.Parts) == 0 {
		return []string{": needs run and parts"}
	}
	var problems []string
	for i, part := range p.Parts {
		if part.At.IsZero() {
			problems = append(problems, fmt.Sprintf(".parts[%d]: needs at", i))
		}
		if i == 0 {
			continue
		}
		before := p.Parts[i-1]
		if part.From <= before.From {
			problems = append(problems, fmt.Sprintf(".parts[%d]: begins at %s, not after the one before it (%s)", i, part.From, before.From))
		} else if end := before.At.Add((part.From - before.From).Std()); part.At.Before(end) {
			problems = append(problems, fmt.Sprintf(".parts[%d]: is laid at %s, before the one before it ends (%s)", i, clock(part.At), clock(end)))
		}
	}
	return append(problems, p.repeatProblems()...)
}

func (p Pass) repeatProblems() []string {
	first, last := p.Parts[0], p.Parts[len(p.Parts)-1]
	if p.Ends > 0 && p.Ends <= last.From {
		return []string{fmt.Sprintf(".ends: %s is not after the begin of the last part (%s)", p.Ends, last.From)}
	}
	if p.Every == 0 {
		return nil
	}
	if p.Ends == 0 || p.Until.IsZero() {
		return []string{".every: needs ends and until"}
	}
	if takes := last.At.Add((p.Ends - last.From).Std()).Sub(first.At); p.Every.Std() < takes {
		return []string{fmt.Sprintf(".every: %s is less than the pass takes (%s)", p.Every, takes)}
	}
	return nil
}

// layings are the times a pass is laid.
func (p Pass) layings() []Pass {
	all := []Pass{p}
	for p.Every > 0 {
		next := all[len(all)-1]
		next.Parts = slices.Clone(next.Parts)
		for i := range next.Parts {
			next.Parts[i].At = next.Parts[i].At.Add(p.Every.Std())
		}
		if next.Parts[0].At.After(p.Until) {
			break
		}
		all = append(all, next)
	}
	return all
}

// key tells layings apart wherever something is derived from one.
func (p Pass) key() string { return p.Run + "@" + clock(p.Parts[0].At) }

func clock(t time.Time) string { return t.UTC().Format(time.RFC3339) }
