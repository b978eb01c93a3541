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
	"sort"
	"strconv"
	"time"

	"eventloom.dev/lab/record"
)

// firstResourceVersion is that of the first line.
const firstResourceVersion = 1000

// Result says what was composed.
type Result struct {
	Lines, Objects int
	From, To       time.Time
}

// composer collects what is laid, and writes it in order of time.
type composer struct {
	runs  map[string]*run
	lines []line
	facts []record.Fact
	known map[string]bool // uids of facts
}

// Compose writes NAME.jsonl.gz and NAME.objects.jsonl.gz to `out`. The same plan and runs give the same bytes.
func Compose(plan *Plan, recordings, out, name string) (Result, error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return Result{}, err
	}
	c := &composer{runs: map[string]*run{}, known: map[string]bool{}}
	for i, pass := range plan.Passes {
		r, err := c.load(filepath.Join(recordings, pass.Run))
		if err != nil {
			return Result{}, err
		}
		for _, one := range pass.layings() {
			if err := c.lay(r, one); err != nil {
				return Result{}, fmt.Errorf("passes[%d] (%s): %w", i, one.key(), err)
			}
		}
	}
	sort.SliceStable(c.lines, func(i, j int) bool { return c.lines[i].at.Before(c.lines[j].at) })
	result, err := c.result()
	return result, errors.Join(err,
		zipped(filepath.Join(out, name+".jsonl.gz"), func(encoder *json.Encoder) error { return writeEvents(encoder, c.lines) }),
		zipped(filepath.Join(out, name+".objects.jsonl.gz"), func(encoder *json.Encoder) error { return writeAll(encoder, c.facts) }))
}

// lay adds what one laying holds.
func (c *composer) lay(r *run, pass Pass) error {
	when := newLayout(pass, r.settled)
	if err := when.checkCuts(r.instants); err != nil {
		return err
	}
	var held []sighting
	for _, one := range r.sightings {
		if when.holds(one.of) {
			held = append(held, one)
		}
	}
	names := newIdentities(pass, held, r.facts, when)
	events := mover{names: names, when: when, lives: map[string]life{}}
	for _, one := range held {
		moved, err := events.move(one)
		if err != nil {
			return err
		}
		c.lines = append(c.lines, moved)
	}
	return c.addFacts(regarded(held, r.facts), names)
}

func (c *composer) addFacts(facts []record.Fact, names *identities) error {
	for _, fact := range facts {
		var moved record.Fact
		if err := names.rewrite(fact, &moved); err != nil {
			return err
		}
		if !c.known[moved.UID] {
			c.known[moved.UID] = true
			c.facts = append(c.facts, moved)
		}
	}
	return nil
}

// regarded leaves out the pods and jobs that no event is about: they belong to another laying of their run.
func regarded(held []sighting, facts []record.Fact) []record.Fact {
	about := map[string]bool{}
	for _, one := range held {
		about[text(one.notice.Object, "regarding", "uid")] = true
	}
	var kept []record.Fact
	for _, fact := range facts {
		if fact.Kind != "Pod" && fact.Kind != "Job" || about[fact.UID] {
			kept = append(kept, fact)
		}
	}
	return kept
}

func (c *composer) result() (Result, error) {
	result := Result{Lines: len(c.lines), Objects: len(c.facts)}
	for _, one := range c.lines {
		all, err := instantsOf(one.notice)
		if err != nil {
			return result, err
		}
		for _, instant := range all {
			if result.From.IsZero() || instant.Before(result.From) {
				result.From = instant
			}
			if instant.After(result.To) {
				result.To = instant
			}
		}
	}
	return result, nil
}

func (c *composer) load(dir string) (*run, error) {
	if known := c.runs[dir]; known != nil {
		return known, nil
	}
	r, err := loadRun(dir)
	if err == nil {
		c.runs[dir] = r
	}
	return r, err
}

// writeEvents numbers the lines: the resourceVersion rises from one to the next.
func writeEvents(encoder *json.Encoder, lines []line) error {
	version := int64(firstResourceVersion)
	for _, one := range lines {
		metadata := one.notice.Object["metadata"].(fields)
		version += step(text(metadata, "uid") + strconv.FormatInt(version, 10))
		metadata["resourceVersion"] = strconv.FormatInt(version, 10)
		if err := encoder.Encode(one.notice); err != nil {
			return err
		}
	}
	return nil
}

func writeAll[T any](encoder *json.Encoder, all []T) error {
	for _, one := range all {
		if err := encoder.Encode(one); err != nil {
			return err
		}
	}
	return nil
}

// zipped lets `write` fill a compressed file of JSON lines. The header names no time, so that equal content gives equal bytes.
func zipped(path string, write func(*json.Encoder) error) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	compressor, err := gzip.NewWriterLevel(file, gzip.BestCompression)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(compressor)
	if err := write(newEncoder(buffered)); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	return compressor.Close()
}

func newEncoder(out io.Writer) *json.Encoder {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder
}
