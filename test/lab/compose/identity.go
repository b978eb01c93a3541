package compose

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"eventloom.dev/lab/record"
)

// suffixAlphabet and its length 5 are those of the names that Kubernetes generates.
const (
	suffixAlphabet = "bcdfghjklmnpqrstvwxz2456789"
	suffixLength   = 5
)

// lasting kinds are the same object in every pass; all others are born anew.
var lasting = map[string]bool{
	"Deployment": true, "ReplicaSet": true, "StatefulSet": true, "DaemonSet": true, "CronJob": true, "Node": true,
	"HorizontalPodAutoscaler": true,
}

// identities replaces, in any text of a pass, the names and uids of the run by those of the pass.
type identities struct{ replacer *strings.Replacer }

func newIdentities(pass Pass, held []sighting, facts []record.Fact, when *layout) *identities {
	renamed := map[string]string{}
	jobs := renameJobs(facts, when)
	for from, to := range jobs {
		renamed[from] = to
	}
	for _, fact := range facts {
		seed := pass.key()
		if lasting[fact.Kind] {
			seed = "lasting " + fact.Kind + "/" + fact.Namespace + "/" + fact.Name
			renamed[fact.UID] = uuid(seed)
			continue
		}
		renamed[fact.UID] = uuid(seed, fact.UID)
		if fact.Kind == "Pod" {
			if name, generated := podName(fact, jobs, seed); generated {
				renamed[fact.Name] = name
			}
		}
	}
	for _, one := range held {
		uid := text(one.notice.Object, "metadata", "uid")
		renamed[uid] = uuid(pass.key(), uid)
		for _, place := range []string{"regarding", "related"} {
			// A uid that is no uuid is a name: Kubernetes gives nodes their name as uid in some events.
			if uid := text(one.notice.Object, place, "uid"); len(uid) == len(uuid("")) && renamed[uid] == "" {
				renamed[uid] = uuid(pass.key(), uid)
			}
		}
	}
	return &identities{replacerOf(renamed)}
}

// rewrite copies `from` to `to` with the names and uids of the pass. The run keeps its own: it may be laid again.
func (n *identities) rewrite(from, to any) error {
	raw, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(n.replacer.Replace(string(raw))), to)
}

func replacerOf(renamed map[string]string) *strings.Replacer {
	from := make([]string, 0, len(renamed))
	for name := range renamed {
		from = append(from, name)
	}
	// The longest first: the name of a job's pod begins with the name of the job.
	sort.Slice(from, func(i, j int) bool {
		if len(from[i]) != len(from[j]) {
			return len(from[i]) > len(from[j])
		}
		return from[i] < from[j]
	})
	pairs := make([]string, 0, 2*len(from))
	for _, name := range from {
		pairs = append(pairs, name, renamed[name])
	}
	return strings.NewReplacer(pairs...)
}

// renameJobs gives the jobs of cron jobs the names they would have at their new time: the minute since 1970.
func renameJobs(facts []record.Fact, when *layout) map[string]string {
	names := map[string]string{}
	for _, fact := range facts {
		if fact.Kind != "Job" || len(fact.Owners) == 0 || fact.Owners[0].Kind != "CronJob" {
			continue
		}
		minute, err := strconv.ParseInt(strings.TrimPrefix(fact.Name, fact.Owners[0].Name+"-"), 10, 64)
		if err == nil {
			moved := when.at(time.Unix(minute*60, 0)).Round(time.Minute).Unix() / 60
			names[fact.Name] = fmt.Sprintf("%s-%d", fact.Owners[0].Name, moved)
		}
	}
	return names
}

// podName is the pod's name in the pass. Those of a StatefulSet, and those made by hand, keep theirs.
func podName(pod record.Fact, jobs map[string]string, seed string) (string, bool) {
	if len(pod.Owners) == 0 || pod.Owners[0].Kind == "StatefulSet" {
		return "", false
	}
	owner := pod.Owners[0].Name
	if renamed := jobs[owner]; renamed != "" {
		owner = renamed
	}
	digest := sha256.Sum256([]byte(seed + pod.UID))
	suffix := make([]byte, suffixLength)
	for i := range suffix {
		suffix[i] = suffixAlphabet[int(digest[i])%len(suffixAlphabet)]
	}
	return owner + "-" + string(suffix), true
}

// uuid is a version 4 shaped identifier that depends on its parts alone.
func uuid(parts ...string) string {
	digest := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	digest[6] = digest[6]&0x0f | 0x40
	digest[8] = digest[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", digest[0:4], digest[4:6], digest[6:8], digest[8:10], digest[10:16])
}

// step is how far the resourceVersion moves from one version to the next: other objects change too.
func step(seed string) int64 {
	digest := sha256.Sum256([]byte(seed))
	return int64(1 + binary.BigEndian.Uint16(digest[:2])%9)
}
