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
	"strconv"
	"strings"
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

// composer writes passes one after another.
type composer struct {
	runs    map[string]*run
	version int64
	seen    map[string]bool // uids of facts written
	events  *json.Encoder
	facts   *json.Encoder
	result  Result
}

// Compose writes NAME.jsonl.gz and NAME.objects.jsonl.gz to `out`. The same plan and runs give the same bytes.
func Compose(plan *Plan, recordings, out, name string) (Result, error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return Result{}, err
	}
	c := &composer{runs: map[string]*run{}, version: firstResourceVersion, seen: map[string]bool{}}
	err := zipped(filepath.Join(out, name+".jsonl.gz"), func(events io.Writer) error {
		return zipped(filepath.Join(out, name+".objects.jsonl.gz"), func(facts io.Writer) error {
			c.events, c.facts = json.NewEncoder(events), json.NewEncoder(facts)
			c.events.SetEscapeHTML(false)
			for i, pass := range plan.Passes {
				if err := c.lay(pass, recordings, i == 0); err != nil {
					return fmt.Errorf("pass %s: %w", pass.key(), err)
				}
			}
			return nil
		})
	})
	return c.result, err
}

// lay writes one pass. Only the first shows how the shop was built.
func (c *composer) lay(pass Pass, recordings string, first bool) error {
	r, err := c.load(filepath.Join(recordings, pass.Run))
	if err != nil {
		return err
	}
	notices := r.notices
	if !first {
		notices = r.sinceSettled()
	}
	all, err := instants(notices)
	if err != nil {
		return err
	}
	when, err := newStretch(all, pass.At, pass.Lasts.Std())
	if err != nil {
		return err
	}
	names := newIdentities(pass, notices, r.facts, when)
	for _, one := range notices {
		if err := c.writeEvent(one, names, when); err != nil {
			return err
		}
	}
	return c.writeFacts(r.facts, names)
}

func (c *composer) writeEvent(one notice, names *identities, when *stretch) error {
	// A copy: the run is laid again in other passes.
	raw, err := json.Marshal(one)
	if err != nil {
		return err
	}
	var moved notice
	if err := json.Unmarshal([]byte(names.replacer.Replace(string(raw))), &moved); err != nil {
		return err
	}
	for _, path := range timePaths {
		if err := c.moveTime(moved.Object, path, when); err != nil {
			return err
		}
	}
	metadata, isObject := moved.Object["metadata"].(fields)
	if !isObject {
		return fmt.Errorf("an event has no metadata")
	}
	metadata["name"] = moveName(text(metadata, "name"), when)
	c.version += step(text(metadata, "uid") + strconv.FormatInt(c.version, 10))
	metadata["resourceVersion"] = strconv.FormatInt(c.version, 10)
	c.result.Lines++
	return c.events.Encode(moved)
}

// moveTime keeps the precision in which the reporter wrote the time.
func (c *composer) moveTime(object fields, path []string, when *stretch) error {
	value := text(object, path...)
	if value == "" {
		return nil
	}
	instant, err := time.Parse(time.RFC3339Nano, value)
	if err != nil {
		return err
	}
	moved := when.at(instant).UTC()
	if c.result.From.IsZero() || moved.Before(c.result.From) {
		c.result.From = moved
	}
	if moved.After(c.result.To) {
		c.result.To = moved
	}
	layout := time.RFC3339
	if strings.Contains(value, ".") {
		layout = "2006-01-02T15:04:05.000000Z07:00"
	}
	for _, key := range path[:len(path)-1] {
		object = object[key].(fields)
	}
	object[path[len(path)-1]] = moved.Format(layout)
	return nil
}

// moveName moves the time that ends an event's name, in hexadecimal nanoseconds since 1970.
func moveName(name string, when *stretch) string {
	dot := strings.LastIndexByte(name, '.')
	nanos, err := strconv.ParseInt(name[dot+1:], 16, 64)
	if err != nil {
		return name
	}
	return name[:dot+1] + strconv.FormatInt(when.at(time.Unix(0, nanos)).UnixNano(), 16)
}

func (c *composer) writeFacts(facts []record.Fact, names *identities) error {
	for _, fact := range facts {
		raw, err := json.Marshal(fact)
		if err != nil {
			return err
		}
		var moved record.Fact
		if err := json.Unmarshal([]byte(names.replacer.Replace(string(raw))), &moved); err != nil {
			return err
		}
		if c.seen[moved.UID] {
			continue
		}
		c.seen[moved.UID] = true
		c.result.Objects++
		if err := c.facts.Encode(moved); err != nil {
			return err
		}
	}
	return nil
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

// zipped lets `write` fill a compressed file. The header names no time, so that equal content gives equal bytes.
func zipped(path string, write func(io.Writer) error) (err error) {
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
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	return compressor.Close()
}
