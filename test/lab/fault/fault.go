// Package fault holds what is broken at the moment: rules that a runner adds and removes in a file of the cluster, and that the
// scripted runtimes and the storage driver read whenever they are about to do something.
package fault

import (
	"path"
	"strings"
	"time"
)

// Rule is one thing that is broken. Exactly one of its parts is set.
type Rule struct {
	ID        string     `json:"id"`
	Since     time.Time  `json:"since"`
	Crash     *Crash     `json:"crash,omitempty"`
	ImagePull *ImagePull `json:"imagePull,omitempty"`
	Network   *Network   `json:"network,omitempty"`
	Probe     *Probe     `json:"probe,omitempty"`
	Volumes   *Volumes   `json:"volumes,omitempty"`
}

// Target selects containers. An empty part matches everything; `*` stands for any characters.
type Target struct {
	Namespace string `json:"namespace,omitempty"`
	Workload  string `json:"workload,omitempty"`
	Pod       string `json:"pod,omitempty"`
	Container string `json:"container,omitempty"`
	Image     string `json:"image,omitempty"`
	Node      string `json:"node,omitempty"`
}

// Crash ends containers `After` their start (or at once where they already run longer).
type Crash struct {
	Target
	ExitCode int32    `json:"exitCode,omitempty"`
	Reason   string   `json:"reason,omitempty"`
	Message  string   `json:"message,omitempty"`
	After    Duration `json:"after,omitempty"`
	Times    int      `json:"times,omitempty"` // crashes per container; 0 = each time it starts
}

// ImagePull refuses images, by image or by the registry host they come from.
type ImagePull struct {
	Image    string `json:"image,omitempty"`
	Registry string `json:"registry,omitempty"`
	Node     string `json:"node,omitempty"`
	Message  string `json:"message,omitempty"`
}

// Network refuses pod sandboxes, as a broken CNI plug-in does.
type Network struct {
	Node    string `json:"node,omitempty"`
	Message string `json:"message,omitempty"`
}

// Probe changes what containers answer to httpGet, tcpSocket and exec probes.
type Probe struct {
	Target
	Path   string `json:"path,omitempty"`
	Status int    `json:"status,omitempty"` // HTTP status; an exec probe fails for 400 and above
	Answer string `json:"answer,omitempty"` // "refused" (nothing listens) or "hang" (never answers), instead of a status
}

// Volumes makes the storage driver fail or fall silent. Each step is "", "fail" or "stuck".
type Volumes struct {
	StorageClass string `json:"storageClass,omitempty"`
	Claim        string `json:"claim,omitempty"`
	Node         string `json:"node,omitempty"`
	Provision    string `json:"provision,omitempty"`
	Attach       string `json:"attach,omitempty"`
	Mount        string `json:"mount,omitempty"`
	Message      string `json:"message,omitempty"`
}

// Container is what rules are matched against.
type Container struct{ Namespace, Pod, Name, Image, Node string }

// Matches says whether the target selects `c`. A workload selects the pods whose names it begins, up to a hyphen.
func (t Target) Matches(c Container) bool {
	return Match(t.Namespace, c.Namespace) && Match(t.Pod, c.Pod) && Match(t.Container, c.Name) &&
		Match(t.Image, c.Image) && Match(t.Node, c.Node) &&
		(t.Workload == "" || strings.HasPrefix(c.Pod, t.Workload+"-"))
}

// Matches says whether a pull of `image` on `node` is refused.
func (p ImagePull) Matches(image, node string) bool {
	return Match(p.Image, image) && Match(p.Node, node) && (p.Registry == "" || RegistryOf(image) == p.Registry)
}

// RegistryOf is the host an image reference names; docker.io where it names none.
func RegistryOf(image string) string {
	host, _, found := strings.Cut(image, "/")
	if found && (strings.ContainsAny(host, ".:") || host == "localhost") {
		return host
	}
	return "docker.io"
}

// Match compares with a pattern in which `*` stands for any characters; the empty pattern matches everything.
func Match(pattern, value string) bool {
	if pattern == "" || pattern == value {
		return true
	}
	// path.Match stops `*` at a slash, which image references hold.
	matched, err := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(value, "/", "\x00"))
	return err == nil && matched
}

// OrElse is `text`, or `fallback` where there is none.
func OrElse(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}
