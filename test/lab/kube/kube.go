// Package kube talks to the API server about objects of any kind.
package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
)

// fieldManager is who the API server says applied an object.
const fieldManager = "lab"

// Client reaches a cluster as its administrator.
type Client struct {
	Config  *rest.Config
	Typed   *clientset.Clientset
	Dynamic dynamic.Interface

	mapper     *restmapper.DeferredDiscoveryRESTMapper
	mutex      sync.Mutex
	namespaces map[string]bool // those that exist for sure
}

// Connect uses a kubeconfig, without client-side throttling: floods are wanted.
func Connect(kubeconfig string) (*Client, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("read kubeconfig: %w", err)
	}
	config.QPS = -1
	typed, err := clientset.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	untyped, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	return &Client{
		Config: config, Typed: typed, Dynamic: untyped,
		mapper:     restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(typed.Discovery())),
		namespaces: map[string]bool{},
	}, nil
}

// Apply makes the object, or changes it to what is given. Its namespace is made when missing.
func (c *Client) Apply(ctx context.Context, raw json.RawMessage) error {
	var object unstructured.Unstructured
	if err := json.Unmarshal(raw, &object.Object); err != nil {
		return fmt.Errorf("read a manifest: %w", err)
	}
	resource, err := c.resource(object.GroupVersionKind(), object.GetNamespace())
	if err != nil {
		return err
	}
	if err := c.EnsureNamespace(ctx, object.GetNamespace()); err != nil {
		return err
	}
	data, err := json.Marshal(object.Object)
	if err != nil {
		return err
	}
	force := true
	_, err = resource.Patch(ctx, object.GetName(), types.ApplyPatchType, data, metav1.PatchOptions{FieldManager: fieldManager, Force: &force})
	if err != nil {
		return fmt.Errorf("apply %s %s: %w", object.GetKind(), object.GetName(), err)
	}
	return nil
}

// Merge changes the parts of an object that `patch` names.
func (c *Client) Merge(ctx context.Context, apiVersion, kind, namespace, name string, patch []byte) error {
	resource, err := c.named(apiVersion, kind, namespace)
	if err != nil {
		return err
	}
	_, err = resource.Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: fieldManager})
	if err != nil {
		return fmt.Errorf("patch %s %s: %w", kind, name, err)
	}
	return nil
}

// Get reads an object.
func (c *Client) Get(ctx context.Context, apiVersion, kind, namespace, name string) (*unstructured.Unstructured, error) {
	resource, err := c.named(apiVersion, kind, namespace)
	if err != nil {
		return nil, err
	}
	return resource.Get(ctx, name, metav1.GetOptions{})
}

// Delete removes an object and what it owns; a missing one is no error.
func (c *Client) Delete(ctx context.Context, apiVersion, kind, namespace, name string) error {
	resource, err := c.named(apiVersion, kind, namespace)
	if err != nil {
		return err
	}
	policy := metav1.DeletePropagationBackground
	err = resource.Delete(ctx, name, metav1.DeleteOptions{PropagationPolicy: &policy})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("delete %s %s: %w", kind, name, err)
	}
	return nil
}

// named finds the resource of a kind; without apiVersion the cluster's preferred one.
func (c *Client) named(apiVersion, kind, namespace string) (dynamic.ResourceInterface, error) {
	version, err := schema.ParseGroupVersion(apiVersion)
	if err != nil {
		return nil, err
	}
	known := commonKinds[kind]
	if apiVersion == "" && known != "" {
		if version, err = schema.ParseGroupVersion(known); err != nil {
			return nil, err
		}
	}
	return c.resource(version.WithKind(kind), namespace)
}

// commonKinds saves writing the apiVersion of what scenarios mostly name.
var commonKinds = map[string]string{
	"Deployment": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1", "ReplicaSet": "apps/v1",
	"Job": "batch/v1", "CronJob": "batch/v1", "StorageClass": "storage.k8s.io/v1", "HorizontalPodAutoscaler": "autoscaling/v2",
	"PodDisruptionBudget": "policy/v1", "PriorityClass": "scheduling.k8s.io/v1",
	"ValidatingWebhookConfiguration": "admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration": "admissionregistration.k8s.io/v1",
}

func (c *Client) resource(kind schema.GroupVersionKind, namespace string) (dynamic.ResourceInterface, error) {
	mapping, err := c.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		c.mapper.Reset() // the kind may have been defined a moment ago
		if mapping, err = c.mapper.RESTMapping(kind.GroupKind(), kind.Version); err != nil {
			return nil, fmt.Errorf("find the resource of %s: %w", kind, err)
		}
	}
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		return c.Dynamic.Resource(mapping.Resource), nil
	}
	if namespace == "" {
		namespace = metav1.NamespaceDefault
	}
	return c.Dynamic.Resource(mapping.Resource).Namespace(namespace), nil
}

// EnsureNamespace makes a namespace when it is missing.
func (c *Client) EnsureNamespace(ctx context.Context, name string) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if name == "" || c.namespaces[name] {
		return nil
	}
	object := map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name}}
	namespaces := c.Dynamic.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"})
	_, err := namespaces.Create(ctx, &unstructured.Unstructured{Object: object}, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create namespace %s: %w", name, err)
	}
	c.namespaces[name] = true
	return nil
}
