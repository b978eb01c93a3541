// Package record writes down what a cluster says while a scenario runs: its events as received, and facts about its objects.
package record

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"k8s.io/client-go/rest"
)

const (
	eventsPath = "/apis/events.k8s.io/v1/events"
	pageSize   = 500
	// watchSeconds is asked for each watch; the next one goes on where it ended.
	watchSeconds = 240
	// retryPause is between attempts while the API server is away.
	retryPause = 200 * time.Millisecond
)

// Notice is one line of a recording, as a watch delivers it.
type Notice struct {
	Type   string          `json:"type"`
	Object json.RawMessage `json:"object"`
}

// Recorder follows the events of a cluster by list and watch. Every version that the API server shows is written once.
type Recorder struct {
	server *url.URL
	client *http.Client
	out    io.Writer

	seen    map[string]string // uid → newest resourceVersion written
	version string            // where the watch goes on; empty = list first
	Written int
}

// errGone is 410 in either form: the history the watch wants is compacted away.
var errGone = errors.New("resourceVersion is gone")

// NewRecorder writes to `out`. It is used by one goroutine.
func NewRecorder(config *rest.Config, out io.Writer) (*Recorder, error) {
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, err
	}
	server, err := url.Parse(config.Host)
	if err != nil {
		return nil, err
	}
	return &Recorder{server: server, client: client, out: out, seen: map[string]string{}}, nil
}

// Follow records until the context ends, over restarts of the API server and compactions. It returns an error only when the
// recording cannot be written.
func (r *Recorder) Follow(ctx context.Context) error {
	for ctx.Err() == nil {
		var err error
		if r.version == "" {
			err = r.list(ctx)
		}
		if err == nil {
			err = r.watch(ctx)
		}
		var unwritable *writeError
		if errors.As(err, &unwritable) {
			return err
		}
		if errors.Is(err, errGone) {
			r.version = ""
		}
		if err != nil {
			sleep(ctx, retryPause)
		}
	}
	return nil
}

// list writes what the API server holds and what was not written before.
func (r *Recorder) list(ctx context.Context) error {
	next := ""
	for {
		query := url.Values{"limit": {strconv.Itoa(pageSize)}}
		if next != "" {
			query.Set("continue", next)
		}
		body, err := r.get(ctx, query)
		if err != nil {
			return err
		}
		var page struct {
			Metadata struct{ ResourceVersion, Continue string }
			Items    []json.RawMessage
		}
		err = json.NewDecoder(body).Decode(&page)
		body.Close()
		if err != nil {
			return fmt.Errorf("read a list of events: %w", err)
		}
		for _, item := range page.Items {
			if err := r.write("", withKind(item)); err != nil {
				return err
			}
		}
		if next = page.Metadata.Continue; next == "" {
			r.version = page.Metadata.ResourceVersion
			return nil
		}
	}
}

// watch writes what happens from the known version on, until the server ends the watch.
func (r *Recorder) watch(ctx context.Context) error {
	body, err := r.get(ctx, url.Values{
		"watch": {"1"}, "allowWatchBookmarks": {"true"}, "resourceVersion": {r.version},
		"timeoutSeconds": {strconv.Itoa(watchSeconds)},
	})
	if err != nil {
		return err
	}
	defer body.Close()
	decoder := json.NewDecoder(body)
	for {
		var notice Notice
		if err := decoder.Decode(&notice); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("read the watch: %w", err)
		}
		if notice.Type == "ERROR" {
			return statusError(notice.Object)
		}
		if err := r.write(notice.Type, notice.Object); err != nil {
			return err
		}
	}
}

// write adds a line unless that version was written before. Bookmarks only move the position. An item of a list has no type;
// it is ADDED, or MODIFIED when an earlier version was written.
func (r *Recorder) write(kind string, object json.RawMessage) error {
	var known struct {
		Metadata struct{ UID, ResourceVersion string }
	}
	if err := json.Unmarshal(object, &known); err != nil {
		return fmt.Errorf("read an event: %w", err)
	}
	uid, version := known.Metadata.UID, known.Metadata.ResourceVersion
	fromWatch := kind != ""
	if kind != "BOOKMARK" && r.seen[uid] != version {
		if !fromWatch {
			kind = "ADDED"
			if r.seen[uid] != "" {
				kind = "MODIFIED"
			}
		}
		line, err := json.Marshal(Notice{Type: kind, Object: object})
		if err != nil {
			return err
		}
		if _, err := r.out.Write(append(line, '\n')); err != nil {
			return &writeError{err}
		}
		r.seen[uid] = version
		r.Written++
	}
	if fromWatch {
		r.version = version
	}
	return nil
}

func (r *Recorder) get(ctx context.Context, query url.Values) (io.ReadCloser, error) {
	address := r.server.JoinPath(eventsPath)
	address.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, err
	}
	response, err := r.client.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode == http.StatusOK {
		return response.Body, nil
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusGone {
		return nil, errGone
	}
	return nil, fmt.Errorf("the API server answers %s", response.Status)
}

func statusError(object json.RawMessage) error {
	var status struct {
		Code    int
		Message string
	}
	if err := json.Unmarshal(object, &status); err == nil && status.Code == http.StatusGone {
		return errGone
	}
	return fmt.Errorf("the watch ends with %s", object)
}

// withKind adds what items of a list lack.
func withKind(item json.RawMessage) json.RawMessage {
	return append([]byte(`{"apiVersion":"events.k8s.io/v1","kind":"Event",`), bytes.TrimLeft(item, "{ \n")...)
}

type writeError struct{ cause error }

func (e *writeError) Error() string { return "write the recording: " + e.cause.Error() }
func (e *writeError) Unwrap() error { return e.cause }

func sleep(ctx context.Context, pause time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(pause):
	}
}
