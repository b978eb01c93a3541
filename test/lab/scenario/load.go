package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	yamlv3 "go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"sigs.k8s.io/yaml"
)

// Problem is one mistake in a file. Line is 0 where the place has no line of its own.
type Problem struct {
	File, Path, Text string
	Line             int
}

func (p Problem) String() string {
	place := p.File
	if p.Line > 0 {
		place = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	if p.Path != "" {
		place += " " + p.Path
	}
	return place + ": " + p.Text
}

// InvalidError lists everything that is wrong with a scenario.
type InvalidError struct{ Problems []Problem }

func (e *InvalidError) Error() string {
	lines := make([]string, 0, len(e.Problems))
	for _, problem := range e.Problems {
		lines = append(lines, problem.String())
	}
	return fmt.Sprintf("%d problems\n  %s", len(lines), strings.Join(lines, "\n  "))
}

// Load reads a scenario, and the one it builds on, and checks it against the schema and against what no schema can say. All
// problems of a file come at once.
func Load(path string, schema []byte) (*Scenario, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	scenario, place, err := parse(path, raw, schema)
	if err != nil {
		return nil, err
	}
	if scenario.Base != "" {
		base, err := Load(filepath.Join(filepath.Dir(path), scenario.Base), schema)
		if err != nil {
			return nil, err
		}
		scenario.buildOn(base)
	}
	return scenario, scenario.finish(place)
}

// Parse is Load for text that was read already and builds on nothing.
func Parse(file string, raw, schema []byte) (*Scenario, error) {
	scenario, place, err := parse(file, raw, schema)
	if err != nil {
		return nil, err
	}
	return scenario, scenario.finish(place)
}

// buildOn puts the base's things before the scenario's own; a cluster section of its own replaces the base's.
func (s *Scenario) buildOn(base *Scenario) {
	if s.Cluster == (ClusterNeeds{}) {
		s.Cluster = base.Cluster
	}
	s.Workloads = append(base.Workloads, s.Workloads...)
	s.Objects = append(base.Objects, s.Objects...)
}

// finish fills in defaults and finds the mistakes that the schema cannot see.
func (s *Scenario) finish(place placer) error {
	s.fillDefaults()
	return invalid(s.check(place))
}

// placer makes a problem out of a place in the document and a text.
type placer func(path []string, text string) Problem

func parse(file string, raw, schema []byte) (*Scenario, placer, error) {
	var root yamlv3.Node
	if err := yamlv3.Unmarshal(raw, &root); err != nil {
		return nil, nil, invalid([]Problem{{File: file, Text: err.Error()}})
	}
	asJSON, err := yaml.YAMLToJSONStrict(raw)
	if err != nil {
		return nil, nil, invalid([]Problem{{File: file, Text: err.Error()}})
	}
	place := func(path []string, text string) Problem {
		return Problem{File: file, Path: dotted(path), Line: lineOf(&root, path), Text: text}
	}
	problems, err := violations(asJSON, schema, place)
	if err != nil {
		return nil, nil, err
	}
	if len(problems) > 0 {
		return nil, nil, invalid(problems)
	}
	var scenario Scenario
	if err := json.Unmarshal(asJSON, &scenario); err != nil {
		return nil, nil, invalid([]Problem{{File: file, Text: err.Error()}})
	}
	return &scenario, place, nil
}

// invalid is an error that lists the problems in order of line, or nil when there are none.
func invalid(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	sort.SliceStable(problems, func(i, j int) bool { return problems[i].Line < problems[j].Line })
	return &InvalidError{problems}
}

// violations are the differences from the schema, each at the deepest place that explains it.
func violations(document, schema []byte, place placer) ([]Problem, error) {
	compiler := jsonschema.NewCompiler()
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	const name = "scenario.schema.json"
	if err := compiler.AddResource(name, parsed); err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	compiled, err := compiler.Compile(name)
	if err != nil {
		return nil, fmt.Errorf("compile the schema: %w", err)
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return nil, err
	}
	var mismatch *jsonschema.ValidationError
	if err := compiled.Validate(instance); err == nil {
		return nil, nil
	} else if !errors.As(err, &mismatch) {
		return nil, err
	}
	var problems []Problem
	printer := message.NewPrinter(language.English)
	var walk func(*jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 {
			problems = append(problems, place(e.InstanceLocation, e.ErrorKind.LocalizedString(printer)))
		}
		for _, cause := range e.Causes {
			walk(cause)
		}
	}
	walk(mismatch)
	return problems, nil
}

// dotted writes ["steps","2","crash"] as steps[2].crash.
func dotted(path []string) string {
	var text strings.Builder
	for _, part := range path {
		switch {
		case part != "" && strings.Trim(part, "0123456789") == "":
			text.WriteString("[" + part + "]")
		case text.Len() > 0:
			text.WriteString("." + part)
		default:
			text.WriteString(part)
		}
	}
	return text.String()
}

// lineOf is the line of the value at `path`, or of the nearest thing around it that exists.
func lineOf(node *yamlv3.Node, path []string) int {
	if node.Kind == yamlv3.DocumentNode && len(node.Content) > 0 {
		node = node.Content[0]
	}
	line := node.Line
	for _, part := range path {
		next := child(node, part)
		if next == nil {
			break
		}
		node, line = next, next.Line
	}
	return line
}

func child(node *yamlv3.Node, part string) *yamlv3.Node {
	switch node.Kind {
	case yamlv3.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == part {
				return node.Content[i+1]
			}
		}
	case yamlv3.SequenceNode:
		var index int
		if _, err := fmt.Sscanf(part, "%d", &index); err == nil && index >= 0 && index < len(node.Content) {
			return node.Content[index]
		}
	}
	return nil
}
