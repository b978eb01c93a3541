package component

import (
	"os"
	"time"

	"eventloom.dev/lab/process"
)

// OwnerVariable names the process (as process.Identity writes it) without which a component must not live on.
const OwnerVariable = "EVENTLOOM_LAB_OWNER"

// ownerPoll is how often a component looks whether its owner still lives: a killed test leaves nothing behind for longer.
const ownerPoll = 500 * time.Millisecond

// exitWithOwner ends this process soon after its owner did, however that happened. Without an owner it does nothing.
func exitWithOwner(owner string) {
	if owner == "" {
		return
	}
	identity, err := process.ParseIdentity(owner)
	if err != nil {
		return
	}
	go func() {
		for identity.Alive() {
			time.Sleep(ownerPoll)
		}
		os.Exit(0)
	}()
}
