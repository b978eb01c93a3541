package scenario

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Pack replaces a recording by compressed files, without the events' managedFields: half of the bytes, and of no use to a reader.
func Pack(dir string) error {
	if err := compress(filepath.Join(dir, "events.jsonl"), withoutManagedFields); err != nil {
		return err
	}
	return compress(filepath.Join(dir, "objects.jsonl"), func(line json.RawMessage) (any, error) { return line, nil })
}

func compress(path string, edit func(json.RawMessage) (any, error)) (err error) {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(path + ".gz")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	zipped, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	decoder, encoder := json.NewDecoder(bufio.NewReader(in)), json.NewEncoder(zipped)
	encoder.SetEscapeHTML(false)
	for {
		var line json.RawMessage
		if err := decoder.Decode(&line); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		edited, err := edit(line)
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		if err := encoder.Encode(edited); err != nil {
			return err
		}
	}
	if err := zipped.Close(); err != nil {
		return err
	}
	return os.Remove(path)
}

// withoutManagedFields also takes out the one place that names this machine.
func withoutManagedFields(line json.RawMessage) (any, error) {
	var notice struct {
		Type   string `json:"type"`
		Object fields `json:"object"`
	}
	if err := json.Unmarshal(line, &notice); err != nil {
		return nil, err
	}
	if metadata, isObject := notice.Object["metadata"].(fields); isObject {
		delete(metadata, "managedFields")
	}
	if notice.Object["reportingController"] == "default-scheduler" {
		notice.Object["reportingInstance"] = "default-scheduler-control-plane" // else the name of the machine that recorded it
	}
	return notice, nil
}
