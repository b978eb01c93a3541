package scenario

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func schema(t *testing.T) []byte {
	t.Helper()
	raw, err := os.ReadFile("../scenario.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestEveryShippedScenarioIsValid(t *testing.T) {
	var files []string
	for _, pattern := range []string{"../scenarios/*.yaml", "../scenarios/shop/*.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) < 14 {
		t.Fatalf("found %d scenarios", len(files))
	}
	for _, file := range files {
		if _, err := Load(file, schema(t)); err != nil {
			t.Error(err)
		}
	}
}

func TestAllProblemsComeAtOnceWithTheirPlaces(t *testing.T) {
	text := `name: Wrong Name
steps:
  - at: soon
    crash: { exitCode: many }
  - at: 1s
    unknown: {}
`
	_, err := Parse("x.yaml", []byte(text), schema(t))
	for _, expected := range []string{"x.yaml:1 name", "x.yaml:3 steps[0].at", "x.yaml:4 steps[0].crash.exitCode", "x.yaml:5 steps[1]"} {
		if err == nil || !strings.Contains(err.Error(), expected) {
			t.Errorf("no %q in: %v", expected, err)
		}
	}
}

func TestMistakesThatNoSchemaSees(t *testing.T) {
	scenarios := []struct{ name, text, expected string }{
		{"two actions in a step", "name: a\nsteps:\n  - { at: 1s, cordon: node-1, compact: true }", "exactly one thing"},
		{"a step after the end", "name: a\nduration: 5s\nsteps:\n  - { at: 6s, cordon: node-1 }", "after the end"},
		{"a node that is not there", "name: a\nsteps:\n  - { at: 1s, kill: node-2 }", "there is no node-2"},
		{"an end for something endless", "name: a\nsteps:\n  - { at: 1s, for: 2s, compact: true }", "`for` means nothing"},
		{"effects without a cause", "name: a\nexplains: [{ kind: Pod, name: x, reason: Failed }]", "there is none"},
		{"a key twice", "name: a\nname: b", "already"},
	}
	for _, scenario := range scenarios {
		t.Run(scenario.name, func(t *testing.T) {
			_, err := Parse("x.yaml", []byte(scenario.text), schema(t))
			var invalid *InvalidError
			if !errors.As(err, &invalid) || !strings.Contains(err.Error(), scenario.expected) {
				t.Errorf("got: %v", err)
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	s, err := Parse("x.yaml", []byte("name: a"), schema(t))
	if err != nil {
		t.Fatal(err)
	}
	if s.Duration.Std() != 30*time.Second || s.Settle.Std() != time.Minute || s.ClusterOptions().Nodes != 1 {
		t.Errorf("got %+v", s)
	}
}

func TestMomentsAreInOrderWithTheirEnds(t *testing.T) {
	s, err := Parse("x.yaml", []byte("name: a\nsteps:\n  - { at: 5s, compact: true }\n  - { at: 1s, for: 8s, cordon: node-1 }"), schema(t))
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, moment := range moments(s.Steps) {
		text := moment.at.String() + " " + moment.step.ID
		if moment.undo {
			text += " ends"
		}
		order = append(order, text)
	}
	if !slices.Equal(order, []string{"1s step-2", "5s step-1", "9s step-2 ends"}) {
		t.Errorf("got %q", order)
	}
}
