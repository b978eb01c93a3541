package fault

import (
	"encoding/json"
	"fmt"
	"time"
)

// Duration is written as Go writes durations: 500ms, 10s, 1m30s.
type Duration time.Duration

// Std is the same as a time.Duration.
func (d Duration) Std() time.Duration { return time.Duration(d) }

func (d Duration) String() string { return time.Duration(d).String() }

// MarshalJSON writes the text form.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// UnmarshalJSON reads the text form.
func (d *Duration) UnmarshalJSON(raw []byte) error {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return fmt.Errorf("a duration is a text such as \"10s\", not %s", raw)
	}
	parsed, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%q is not a duration; use for example 500ms, 10s, 1m30s", text)
	}
	*d = Duration(parsed)
	return nil
}
