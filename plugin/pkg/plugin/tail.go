package plugin

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// tailSilence: the collector writes a line every 10 s, so three missed ones mean that the connection is dead.
const tailSilence = 30 * time.Second

// mostLineBytes bounds one line of a tail.
const mostLineBytes = 8 << 20

// tailLine is one line of the collector's stream. Frame is absent in a heartbeat.
type tailLine struct {
	Frame   *data.Frame `json:"frame"`
	Cursor  string      `json:"cursor"`
	Dropped int64       `json:"dropped"`
}

// openTail reads the lines of one connection.
type openTail struct {
	body   io.ReadCloser
	reader *bufio.Reader
}

func (t *openTail) close() { _ = t.body.Close() }

// next blocks until a line is there.
func (t *openTail) next() (line tailLine, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("malformed frame: %v", cause)
		}
	}()
	text, err := readLine(t.reader)
	if err != nil {
		return tailLine{}, err
	}
	return line, json.Unmarshal(text, &line)
}

func readLine(reader *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := reader.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		case len(line) > mostLineBytes:
			return nil, fmt.Errorf("a line is longer than %d MiB", mostLineBytes>>20)
		}
	}
}

// openTail asks for everything behind `after`, or from now on when that is empty.
func (c *collector) openTail(ctx context.Context, query, after string) (*openTail, *failure) {
	if c.forwardIdentity {
		return nil, downstream(authCategory, backend.StatusForbidden,
			`Live tail is off while "Forward OAuth Identity" is on: one stream serves all viewers, whoever they are.`,
			"Use a data source with a token of its own, or run the query with a refresh interval.")
	}
	asked := map[string]any{"query": json.RawMessage(query)}
	if after != "" {
		asked["after"] = after
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return nil, downstream(configCategory, backend.StatusBadRequest, "The query of the live tail is no JSON.", "Run the query again.")
	}
	response, failed := c.send(ctx, c.streams, http.MethodPost, "tail", body, asker{})
	if failed != nil {
		return nil, failed
	}
	if response.StatusCode == http.StatusOK {
		return &openTail{response.Body, bufio.NewReaderSize(response.Body, 64<<10)}, nil
	}
	defer func() { _ = response.Body.Close() }()
	said, err := io.ReadAll(io.LimitReader(response.Body, mostResourceBytes))
	if err != nil {
		return nil, unreached(err, c.base.Host)
	}
	return nil, c.refused(response, said)
}
