package plugin

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// noticeFrame is a log row in our own words, in the shape of the frames around it (nil: that of log lines). Another shape
// would make viewers forget the rows they have.
func noticeFrame(schema *data.Frame, words string, now time.Time) *data.Frame {
	if schema == nil {
		schema = data.NewFrame("",
			data.NewField("timestamp", nil, []time.Time{}), data.NewField("body", nil, []string{}),
			data.NewField("severity", nil, []string{}), data.NewField("id", nil, []string{}),
			data.NewField("labels", nil, []json.RawMessage{}))
		schema.Meta = &data.FrameMeta{Type: data.FrameTypeLogLines, PreferredVisualization: data.VisTypeLogs}
	}
	frame := schema.EmptyCopy()
	for _, field := range frame.Fields {
		field.Extend(1)
		if value := noticeValue(field.Name, words, now); value != nil {
			setConcrete(field, value)
		}
	}
	return frame
}

func noticeValue(name, words string, now time.Time) any {
	switch name {
	case "timestamp":
		return now
	case "body":
		return words
	case "severity":
		return "error"
	case "id":
		return fmt.Sprintf("notice:%d", now.UnixNano())
	case "labels", "labelTypes":
		return json.RawMessage("{}")
	default:
		return nil
	}
}

// setConcrete leaves a field of an unexpected type as it is: a notice must never end the tail that it is about.
func setConcrete(field *data.Field, value any) {
	switch value := value.(type) {
	case time.Time:
		if field.Type().NonNullableType() == data.FieldTypeTime {
			field.SetConcrete(0, value)
		}
	case string:
		if field.Type().NonNullableType() == data.FieldTypeString {
			field.SetConcrete(0, value)
		}
	case json.RawMessage:
		if field.Type().NonNullableType() == data.FieldTypeJSON {
			field.SetConcrete(0, value)
		}
	}
}

func sameFields(a, b *data.Frame) bool {
	if len(a.Fields) != len(b.Fields) {
		return false
	}
	for i, field := range a.Fields {
		if field.Name != b.Fields[i].Name || field.Type() != b.Fields[i].Type() {
			return false
		}
	}
	return true
}
