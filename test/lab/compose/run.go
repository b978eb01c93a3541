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
	"slices"
	"time"

	"eventloom.dev/lab/record"
)

type fields = map[string]any

// run is a packed recording of the lab.
type run struct {
	sightings []sighting
	instants  []time.Time // all that its events name
	newest    time.Time
	facts     []record.Fact
	settled   time.Time
}

// sighting is a notice, the newest instant that it names, and how much later it can have been seen at the earliest: one before it
// names a newer one.
type sighting struct {
	of     time.Time
	late   time.Duration
	notice notice
}

type notice struct {
	Type   string `json:"type"`
	Object fields `json:"object"`
}

func loadRun(dir string) (*run, error) {
	var r run
	err := eachLine(filepath.Join(dir, "events.jsonl.gz"), func(decoder *json.Decoder) error {
		var one notice
		if err := decoder.Decode(&one); err != nil {
			return err
		}
		return r.see(one)
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

func (r *run) see(one notice) error {
	instants, err := instantsOf(one)
	if err != nil {
		return err
	}
	if len(instants) == 0 {
		return fmt.Errorf("event %s names no time", text(one.Object, "metadata", "name"))
	}
	of := slices.MaxFunc(instants, time.Time.Compare)
	if of.After(r.newest) {
		r.newest = of
	}
	r.instants = append(r.instants, instants...)
	r.sightings = append(r.sightings, sighting{of: of, late: r.newest.Sub(of), notice: one})
	return nil
}

// instantsOf are all that an event names.
func instantsOf(one notice) ([]time.Time, error) {
	var all []time.Time
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
	return all, nil
}
