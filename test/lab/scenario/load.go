package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
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

// Load reads a scenario and checks it against the schema and against what no schema can say. All problems come at once.
func Load(path string, schema []byte) (*Scenario, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, raw, schema)
}

// Parse is Load for text that was read already.
func Parse(file string, raw, schema []byte) (*Scenario, error) {
	var root yamlv3.Node
	if err := yamlv3.Unmarshal(raw, &root); err != nil {
		return nil, &InvalidError{[]Problem{{File: file, Text: err.Error()}}}
	}
	asJSON, err := yaml.YAMLToJSONStrict(raw)
	if err != nil {
		return nil, &InvalidError{[]Problem{{File: file, Text: err.Error()}}}
	}
	place := func(path []string, text string) Problem {
		return Problem{File: file, Path: dotted(path), Line: lineOf(&root, path), Text: text}
	}
	problems, err := violations(asJSON, schema, place)
	if err != nil {
		return nil, err
	}
	var scenario Scenario
	if len(problems) == 0 {
		if err := json.Unmarshal(asJSON, &scenario); err != nil {
			return nil, &InvalidError{[]Problem{{File: file, Text: err.Error()}}}
		}
		scenario.fillDefaults()
		problems = scenario.check(place)
	}
	if len(problems) > 0 {
		sort.SliceStable(problems, func(i, j int) bool { return problems[i].Line < problems[j].Line })
		return nil, &InvalidError{problems}
	}
	return &scenario, nil
}

// violations are the differences from the schema, each at the deepest place that explains it.
func violations(document, schema []byte, place func([]string, string) Problem) ([]Problem, error) {
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
	var invalid *jsonschema.ValidationError
	if err := compiled.Validate(instance); err == nil {
		return nil, nil
	} else if !errors.As(err, &invalid) {
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
	walk(invalid)
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
