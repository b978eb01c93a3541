package plugin

import (
	"sync"
	"time"
)

// mostTails bounds the positions kept. Beyond it any other tail forgets its own and goes on from now.
const mostTails = 1_000

// resumeWithin is how soon a stream that ended is started again for the viewers who had it. Whoever looks later begins now.
const resumeWithin = time.Minute

// tailPositions remembers how far each live tail got: Grafana starts a stream that ended again, without a word.
type tailPositions struct {
	now     func() time.Time
	mutex   sync.Mutex
	cursors map[string]tailPosition
}

type tailPosition struct {
	cursor  string
	reached time.Time
}

func newTailPositions(now func() time.Time) *tailPositions {
	return &tailPositions{now: now, cursors: map[string]tailPosition{}}
}

// of is where a stream that starts goes on; empty for now.
func (p *tailPositions) of(path string) string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	position := p.cursors[path]
	if p.now().Sub(position.reached) > resumeWithin {
		return ""
	}
	return position.cursor
}

func (p *tailPositions) reached(path, cursor string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if _, known := p.cursors[path]; !known && len(p.cursors) >= mostTails {
		for other := range p.cursors {
			delete(p.cursors, other)
			break
		}
	}
	p.cursors[path] = tailPosition{cursor, p.now()}
}
