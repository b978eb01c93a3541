package scenario

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"eventloom.dev/lab/fault"
	"eventloom.dev/lab/record"
)

// Truth is what truth.json says: the answer that the recording's reader should find.
type Truth struct {
	Scenario    string      `json:"scenario"`
	Description string      `json:"description,omitempty"`
	Started     time.Time   `json:"started"` // the first object was applied
	Settled     time.Time   `json:"settled"` // the clock of the steps started
	Ended       time.Time   `json:"ended"`
	Lines       int         `json:"lines"`
	RootCause   *Cause      `json:"rootCause,omitempty"`
	Explains    []Seen      `json:"explains"`
	Edges       []Edge      `json:"edges"` // what led to what: from the root cause to each effect, and between effects
	Noise       []Seen      `json:"noise"`
	Faults      []Happening `json:"faults"`
}

// Happening is a step that was carried out.
type Happening struct {
	ID    string     `json:"id"`
	At    time.Time  `json:"at"`
	Until *time.Time `json:"until,omitempty"`
	Does  string     `json:"does"`
	With  any        `json:"with"`
}

// Seen is an effect with what the recording holds of it.
type Seen struct {
	Effect
	Versions int        `json:"versions"`
	Objects  int        `json:"objects"`
	First    *time.Time `json:"first,omitempty"` // when the API server stored the first
}

// eventFacts are the parts of an event that effects are matched against.
type eventFacts struct {
	Metadata  struct{ CreationTimestamp time.Time }
	Reason    string
	Note      string
	Regarding Object
}

// count fills in what the recording at `path` holds of the effects.
func (t *Truth) count(path string, explains, noise []Effect) error {
	t.Explains, t.Noise = wrap(explains), wrap(noise)
	objects := map[string]bool{}
	err := eachEvent(path, func(event eventFacts) {
		for group, seen := range [][]Seen{t.Explains, t.Noise} {
			for i := range seen {
				if !seen[i].matches(event) {
					continue
				}
				seen[i].Versions++
				if seen[i].First == nil {
					first := event.Metadata.CreationTimestamp
					seen[i].First = &first
				}
				key := fmt.Sprint(group, i, event.Regarding.Kind, "/", event.Regarding.Namespace, "/", event.Regarding.Name)
				if !objects[key] {
					objects[key] = true
					seen[i].Objects++
				}
			}
		}
	})
	return err
}

// edges are those from the root cause to each effect, and those that the scenario names.
func (s *Scenario) edges() []Edge {
	all := []Edge{}
	if s.RootCause != nil {
		for _, effect := range s.Explains {
			edge := Edge{From: s.RootCause.Object, To: Object{Kind: effect.Kind, Namespace: effect.Namespace, Name: effect.Name}}
			if !slices.Contains(all, edge) {
				all = append(all, edge)
			}
		}
	}
	return append(all, s.Edges...)
}

// Missing are the explained effects of which the recording holds nothing.
func (t *Truth) Missing() []string {
	var missing []string
	for _, seen := range t.Explains {
		if seen.Versions == 0 {
			missing = append(missing, fmt.Sprintf("%s %s/%s %s", seen.Kind, seen.Namespace, seen.Name, seen.Reason))
		}
	}
	return missing
}

func (e Effect) matches(event eventFacts) bool {
	return e.Kind == event.Regarding.Kind && e.Reason == event.Reason && fault.Match(e.Name, event.Regarding.Name) &&
		fault.Match(e.Namespace, event.Regarding.Namespace) && strings.Contains(event.Note, e.Note)
}

func wrap(effects []Effect) []Seen {
	seen := make([]Seen, 0, len(effects))
	for _, effect := range effects {
		seen = append(seen, Seen{Effect: effect})
	}
	return seen
}

func eachEvent(path string, visit func(eventFacts)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	decoder := json.NewDecoder(bufio.NewReader(file))
	for decoder.More() {
		var notice record.Notice
		if err := decoder.Decode(&notice); err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		var event eventFacts
		if err := json.Unmarshal(notice.Object, &event); err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		visit(event)
	}
	return nil
}
