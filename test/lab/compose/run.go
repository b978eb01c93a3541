package compose

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"eventloom.dev/lab/record"
)

type fields = map[string]any

// run is a packed recording of the lab.
type run struct {
	notices []notice
	facts   []record.Fact
	settled time.Time
}

type notice struct {
	Type   string `json:"type"`
	Object fields `json:"object"`
}

func loadRun(dir string) (*run, error) {
	var r run
	err := eachLine(filepath.Join(dir, "events.jsonl.gz"), func(decoder *json.Decoder) error {
		var one notice
		err := decoder.Decode(&one)
		if err == nil {
			r.notices = append(r.notices, one)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	err = eachLine(filepath.Join(dir, "objects.jsonl.gz"), func(decoder *json.Decoder) error {
		var fact record.Fact
		err := decoder.Decode(&fact)
		if err == nil {
			r.facts = append(r.facts, fact)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err != nil {
		return nil, err
	}
	var truth struct{ Settled time.Time }
	if err := json.Unmarshal(raw, &truth); err != nil {
		return nil, fmt.Errorf("read %s/truth.json: %w", dir, err)
	}
	r.settled = truth.Settled
	return &r, nil
}

func eachLine(path string, decode func(*json.Decoder) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(bufio.NewReader(file))
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	decoder := json.NewDecoder(unzipped)
	for {
		if err := decode(decoder); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
	}
}

// text is a string inside nested objects; empty where there is none.
func text(object fields, path ...string) string {
	for _, key := range path[:len(path)-1] {
		inner, isObject := object[key].(fields)
		if !isObject {
			return ""
		}
		object = inner
	}
	value, _ := object[path[len(path)-1]].(string)
	return value
}

// timePaths are the places of an event that hold an instant.
var timePaths = [][]string{
	{"metadata", "creationTimestamp"}, {"eventTime"}, {"series", "lastObservedTime"},
	{"deprecatedFirstTimestamp"}, {"deprecatedLastTimestamp"},
}

// instants are all that the events of `notices` name.
func instants(notices []notice) ([]time.Time, error) {
	var all []time.Time
	for _, one := range notices {
		for _, path := range timePaths {
			value := text(one.Object, path...)
			if value == "" {
				continue
			}
			instant, err := time.Parse(time.RFC3339Nano, value)
			if err != nil {
				return nil, fmt.Errorf("event %s: %w", text(one.Object, "metadata", "name"), err)
			}
			all = append(all, instant)
		}
	}
	return all, nil
}

// sinceSettled leaves out the events that began before the run had settled: a shop is built once, not in every pass.
func (r *run) sinceSettled() []notice {
	early := map[string]bool{}
	var kept []notice
	for _, one := range r.notices {
		uid := text(one.Object, "metadata", "uid")
		created, err := time.Parse(time.RFC3339, text(one.Object, "metadata", "creationTimestamp"))
		if err == nil && created.Before(r.settled.Truncate(time.Second)) {
			early[uid] = true
		}
		if !early[uid] {
			kept = append(kept, one)
		}
	}
	return kept
}
