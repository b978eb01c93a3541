package plugin

import "sync"

// mostTails bounds the positions kept. Beyond it any other tail forgets its own and goes on from now.
const mostTails = 1_000

// tailPositions remembers how far each live tail got: Grafana starts a stream that ended again, without a word.
type tailPositions struct {
	mutex   sync.Mutex
	cursors map[string]string
}

func newTailPositions() *tailPositions {
	return &tailPositions{cursors: map[string]string{}}
}

func (p *tailPositions) of(path string) string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.cursors[path]
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
	p.cursors[path] = cursor
}
