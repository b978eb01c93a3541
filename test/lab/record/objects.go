package record

import (
	"context"
	"encoding/json"
	"io"
	"sort"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"
)

// Fact is what is known of one object: who owns it, where it runs, what it uses.
type Fact struct {
	Kind           string            `json:"kind"`
	Namespace      string            `json:"namespace,omitempty"`
	Name           string            `json:"name"`
	UID            string            `json:"uid"`
	APIVersion     string            `json:"apiVersion"`
	Owners         []Owner           `json:"owners,omitempty"`
	Node           string            `json:"node,omitempty"`
	Claims         []string          `json:"claims,omitempty"`
	Volume         string            `json:"volume,omitempty"`
	StorageClass   string            `json:"storageClass,omitempty"`
	Labels         map[string]string `json:"labels,omitempty"`
	ScaleTargetRef *Reference        `json:"scaleTargetRef,omitempty"`
}

// Owner is one of an object's ownerReferences.
type Owner struct {
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	UID        string `json:"uid"`
	Controller bool   `json:"controller"`
}

// Reference names an object in the same namespace.
type Reference struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// watched are the kinds that facts are collected about.
var watched = []schema.GroupVersionResource{
	{Version: "v1", Resource: "pods"},
	{Version: "v1", Resource: "nodes"},
	{Version: "v1", Resource: "persistentvolumeclaims"},
	{Version: "v1", Resource: "persistentvolumes"},
	{Group: "apps", Version: "v1", Resource: "deployments"},
	{Group: "apps", Version: "v1", Resource: "replicasets"},
	{Group: "apps", Version: "v1", Resource: "statefulsets"},
	{Group: "apps", Version: "v1", Resource: "daemonsets"},
	{Group: "batch", Version: "v1", Resource: "jobs"},
	{Group: "batch", Version: "v1", Resource: "cronjobs"},
	{Group: "autoscaling", Version: "v2", Resource: "horizontalpodautoscalers"},
}

// Objects collects facts, also about objects that are deleted meanwhile.
type Objects struct {
	mutex sync.Mutex
	facts map[string]Fact // by uid
}

// WatchObjects collects until the context ends.
func WatchObjects(ctx context.Context, client dynamic.Interface) (*Objects, error) {
	objects := &Objects{facts: map[string]Fact{}}
	factory := dynamicinformer.NewDynamicSharedInformerFactory(client, 0)
	for _, resource := range watched {
		_, err := factory.ForResource(resource).Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc:    objects.learn,
			UpdateFunc: func(_, current any) { objects.learn(current) },
		})
		if err != nil {
			return nil, err
		}
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	return objects, nil
}

func (o *Objects) learn(object any) {
	if known, isObject := object.(*unstructured.Unstructured); isObject {
		o.mutex.Lock()
		defer o.mutex.Unlock()
		o.facts[string(known.GetUID())] = factOf(known)
	}
}

// Write writes one line per object, ordered by kind, namespace, name and uid.
func (o *Objects) Write(out io.Writer) error {
	o.mutex.Lock()
	facts := make([]Fact, 0, len(o.facts))
	for _, fact := range o.facts {
		facts = append(facts, fact)
	}
	o.mutex.Unlock()
	sort.Slice(facts, func(i, j int) bool { return sortKey(facts[i]) < sortKey(facts[j]) })
	encoder := json.NewEncoder(out)
	for _, fact := range facts {
		if err := encoder.Encode(fact); err != nil {
			return err
		}
	}
	return nil
}

func sortKey(f Fact) string {
	return strings.Join([]string{f.Kind, f.Namespace, f.Name, f.UID}, "\x00")
}

func factOf(object *unstructured.Unstructured) Fact {
	fact := Fact{
		Kind: object.GetKind(), Namespace: object.GetNamespace(), Name: object.GetName(), UID: string(object.GetUID()),
		APIVersion: object.GetAPIVersion(), Labels: object.GetLabels(),
	}
	for _, owner := range object.GetOwnerReferences() {
		fact.Owners = append(fact.Owners, Owner{Kind: owner.Kind, Name: owner.Name, UID: string(owner.UID),
			Controller: owner.Controller != nil && *owner.Controller})
	}
	text := func(path ...string) string {
		value, _, _ := unstructured.NestedString(object.Object, path...)
		return value
	}
	switch fact.Kind {
	case "Pod":
		fact.Node = text("spec", "nodeName")
		fact.Claims = claimsOf(object)
	case "PersistentVolumeClaim":
		fact.Volume, fact.StorageClass = text("spec", "volumeName"), text("spec", "storageClassName")
	case "PersistentVolume":
		fact.StorageClass = text("spec", "storageClassName")
		if claim := text("spec", "claimRef", "name"); claim != "" {
			fact.Claims = []string{claim}
		}
	case "HorizontalPodAutoscaler":
		fact.ScaleTargetRef = &Reference{Kind: text("spec", "scaleTargetRef", "kind"), Name: text("spec", "scaleTargetRef", "name")}
	}
	return fact
}

func claimsOf(pod *unstructured.Unstructured) []string {
	volumes, _, _ := unstructured.NestedSlice(pod.Object, "spec", "volumes")
	var claims []string
	for _, volume := range volumes {
		fields, isObject := volume.(map[string]any)
		if !isObject {
			continue
		}
		if name, found, _ := unstructured.NestedString(fields, "persistentVolumeClaim", "claimName"); found {
			claims = append(claims, name)
		} else if name, _, _ := unstructured.NestedString(fields, "name"); fields["ephemeral"] != nil {
			claims = append(claims, pod.GetName()+"-"+name) // as Kubernetes names the claim of a generic ephemeral volume
		}
	}
	return claims
}
