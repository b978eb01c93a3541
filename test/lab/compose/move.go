package compose

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// eventTTL is how long an API server keeps an event after its last change.
const eventTTL = time.Hour

// line is a notice in its new place.
type line struct {
	at     time.Time
	notice notice
}

// mover moves the notices of one laying, in the order in which they were seen.
type mover struct {
	names *identities
	when  *layout
	lives map[string]life // by the event's uid in the run
}

// life is what an API server would know of an event: how often it was made, when the last time, and until when it is kept.
type life struct {
	made        int
	born, until time.Time
}

func (m mover) move(seen sighting) (line, error) {
	moved := line{at: m.when.at(seen.of).Add(seen.late)}
	if err := m.names.rewrite(seen.notice, &moved.notice); err != nil {
		return moved, err
	}
	object := moved.notice.Object
	for _, path := range timePaths {
		if err := m.moveTime(object, path); err != nil {
			return moved, err
		}
	}
	metadata, isObject := object["metadata"].(fields)
	if !isObject {
		return moved, fmt.Errorf("an event has no metadata")
	}
	metadata["name"] = m.moveName(text(metadata, "name"))
	m.expire(text(seen.notice.Object, "metadata", "uid"), &moved)
	return moved, nil
}

// expire makes an event anew, under its name, when it comes so late that the API server has forgotten it.
func (m mover) expire(uid string, moved *line) {
	now, at := m.lives[uid], moved.at
	if now.made == 0 {
		now.made = 1
	} else if at.After(now.until) {
		now.made, now.born = now.made+1, at
		moved.notice.Type = "ADDED"
	}
	if now.made > 1 {
		metadata := moved.notice.Object["metadata"].(fields)
		metadata["uid"] = uuid(text(metadata, "uid"), strconv.Itoa(now.made))
		metadata["creationTimestamp"] = now.born.UTC().Format(time.RFC3339)
	}
	now.until = at.Add(eventTTL)
	m.lives[uid] = now
}

// moveTime keeps the precision in which the reporter wrote the time.
func (m mover) moveTime(object fields, path []string) error {
	value := text(object, path...)
	if value == "" {
		return nil
	}
	instant, err := time.Parse(time.RFC3339Nano, value)
	if err != nil {
		return err
	}
	layout := time.RFC3339
	if strings.Contains(value, ".") {
		layout = "2006-01-02T15:04:05.000000Z07:00"
	}
	for _, key := range path[:len(path)-1] {
		object = object[key].(fields)
	}
	object[path[len(path)-1]] = m.when.at(instant).UTC().Format(layout)
	return nil
}

// moveName moves the time that ends an event's name, in hexadecimal nanoseconds since 1970.
func (m mover) moveName(name string) string {
	dot := strings.LastIndexByte(name, '.')
	nanos, err := strconv.ParseInt(name[dot+1:], 16, 64)
	if err != nil {
		return name
	}
	return name[:dot+1] + strconv.FormatInt(m.when.at(time.Unix(0, nanos)).UnixNano(), 16)
}
