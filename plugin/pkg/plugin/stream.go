package plugin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// pathDigits of the hash name a tail: a channel may have 160 characters.
const pathDigits = 40

// A tail that broke is opened again after firstPause, then after twice as long each time, at most longestPause.
const (
	firstPause   = 500 * time.Millisecond
	longestPause = 15 * time.Second
)

// SubscribeStream admits a viewer to a live tail. Grafana gives everyone on a path the stream of the first, whatever his
// own data says, so a path must be the hash of the query that came with it.
func (i *Instance) SubscribeStream(ctx context.Context, request *backend.SubscribeStreamRequest) (*backend.SubscribeStreamResponse, error) {
	if !strings.HasPrefix(request.Path, "tail/") {
		return &backend.SubscribeStreamResponse{Status: backend.SubscribeStreamStatusNotFound}, nil
	}
	query, matches := tailQuery(request.Path, request.Data)
	if !matches {
		return &backend.SubscribeStreamResponse{Status: backend.SubscribeStreamStatusPermissionDenied}, nil
	}
	schema, failed := i.tailSchema(ctx, query)
	frame, include := schema, data.IncludeSchemaOnly
	if failed != nil {
		// A refused subscription is an empty panel with a green dot: the reason must be a row.
		frame, include = noticeFrame(nil, failed.Error(), time.Now()), data.IncludeAll
	}
	initial, err := backend.NewInitialFrame(frame, include)
	if err != nil {
		return nil, err
	}
	return &backend.SubscribeStreamResponse{Status: backend.SubscribeStreamStatusOK, InitialData: initial}, nil
}

// PublishStream is denied: viewers only read.
func (i *Instance) PublishStream(context.Context, *backend.PublishStreamRequest) (*backend.PublishStreamResponse, error) {
	return &backend.PublishStreamResponse{Status: backend.PublishStreamStatusPermissionDenied}, nil
}

// RunStream runs once for all viewers of a path, until the last one left. A connection that breaks is taken up again
// behind the last row that was sent.
func (i *Instance) RunStream(ctx context.Context, request *backend.RunStreamRequest, sender *backend.StreamSender) error {
	query, matches := tailQuery(request.Path, request.Data)
	if !matches {
		return errors.New("the path of this live tail does not belong to its query")
	}
	run := &tailRun{instance: i, path: request.Path, query: query, sender: sender, cursor: i.tails.of(request.Path)}
	pause := firstPause
	for ctx.Err() == nil {
		read, failed := run.once(ctx)
		if run.unsendable != nil {
			return run.unsendable
		}
		if read {
			pause = firstPause
		}
		if failed != nil && ctx.Err() == nil {
			run.explain(failed)
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, longestPause)
	}
	return nil
}

// tailRun is one run of a live tail over its connections.
type tailRun struct {
	instance *Instance
	path     string
	query    string
	sender   *backend.StreamSender
	// cursor is where the next connection goes on, however long none was to be had; empty for now.
	cursor string
	// schema of the frame sent last; nil before the first.
	schema *data.Frame
	// told is the failure shown last, so that one outage is one row.
	told string
	// unsendable ends the run: Grafana no longer listens.
	unsendable error
}

// once reads one connection to its end. It answers whether any line came, and why it ended.
func (r *tailRun) once(ctx context.Context) (read bool, failed *failure) {
	if r.instance.unusable != nil {
		return false, r.instance.unusable
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	silence := time.AfterFunc(r.instance.heartbeat, cancel)
	defer silence.Stop()
	tail, failed := r.instance.collector.openTail(ctx, r.query, r.cursor)
	if failed != nil {
		return false, failed
	}
	defer tail.close()
	for {
		line, err := tail.next()
		if err != nil {
			return read, downstream(networkCategory, backend.StatusBadGateway, fmt.Sprintf("The live tail was interrupted (%v).", err), "It goes on by itself where it stopped.")
		}
		silence.Reset(r.instance.heartbeat)
		read = true
		r.told = ""
		if err := r.forward(line); err != nil {
			r.unsendable = err
			return read, nil
		}
	}
}

// forward sends the rows of a line, then notes that they were sent.
func (r *tailRun) forward(line tailLine) error {
	if line.Dropped > 0 {
		words := fmt.Sprintf("%d events were skipped: more came than a live tail can show. Narrow the query, or run it without live tail.", line.Dropped)
		if err := r.send(noticeFrame(r.schema, words, time.Now())); err != nil {
			return err
		}
	}
	if line.Frame != nil {
		if err := r.send(line.Frame); err != nil {
			return err
		}
	}
	if line.Cursor != "" {
		r.cursor = line.Cursor
		r.instance.tails.reached(r.path, line.Cursor)
	}
	return nil
}

// send repeats the schema only when it changed.
func (r *tailRun) send(frame *data.Frame) error {
	include := data.IncludeDataOnly
	if r.schema == nil || !sameFields(r.schema, frame) {
		include = data.IncludeAll
		r.schema = frame
	} else if frame.Rows() == 0 {
		return nil
	}
	return r.sender.SendFrame(frame, include)
}

func (r *tailRun) explain(failed *failure) {
	if failed.message == r.told {
		return
	}
	r.told = failed.message
	r.unsendable = r.send(noticeFrame(r.schema, failed.Error(), time.Now()))
}

// tailSchema is the empty frame that a tail begins with.
func (i *Instance) tailSchema(ctx context.Context, query string) (*data.Frame, *failure) {
	if i.unusable != nil {
		return nil, i.unusable
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	tail, failed := i.collector.openTail(ctx, query, "")
	if failed != nil {
		return nil, failed
	}
	defer tail.close()
	line, err := tail.next()
	if err != nil {
		return nil, undecodable(err)
	}
	if line.Frame == nil {
		return nil, undecodable("the live tail began without its fields")
	}
	return line.Frame, nil
}

// tailQuery is the query text of an address, and whether the path is its own.
func tailQuery(path string, address json.RawMessage) (string, bool) {
	var sent struct {
		Query string `json:"query"`
	}
	if json.Unmarshal(orEmpty(address), &sent) != nil || !json.Valid([]byte(sent.Query)) {
		return "", false
	}
	sum := sha256.Sum256([]byte(sent.Query))
	return sent.Query, path == "tail/"+hex.EncodeToString(sum[:])[:pathDigits]
}
