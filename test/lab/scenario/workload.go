package scenario

import (
	"encoding/json"
	"fmt"

	"eventloom.dev/lab/fault"
)

const (
	// probePort is where a workload's containers answer.
	probePort = 8080
	// A failing container is noticed after two of its probes, one second apart.
	probePeriodSeconds, probeFailures = 1, 2
)

type fields = map[string]any

// Manifests are the objects that a workload is short for.
func (w Workload) Manifests() ([]json.RawMessage, error) {
	if w.Kind == "" {
		w.Kind = "Deployment"
	}
	w.Namespace = fault.OrElse(w.Namespace, DefaultNamespace)
	var objects []fields
	if w.Claim != nil && w.Kind != "StatefulSet" && !w.Claim.Existing && !w.Claim.Ephemeral {
		claim := w.claim(w.claimName())
		claim["apiVersion"], claim["kind"] = "v1", "PersistentVolumeClaim"
		objects = append(objects, claim)
	}
	objects = append(objects, w.object())
	manifests := make([]json.RawMessage, 0, len(objects))
	for _, object := range objects {
		raw, err := json.Marshal(object)
		if err != nil {
			return nil, fmt.Errorf("workload %s: %w", w.Name, err)
		}
		manifests = append(manifests, raw)
	}
	return manifests, nil
}

func (w Workload) object() fields {
	metadata := fields{"name": w.Name, "namespace": w.Namespace, "labels": w.labels()}
	switch w.Kind {
	case "Pod":
		template := w.template("Always")
		metadata["annotations"] = template["metadata"].(fields)["annotations"]
		return fields{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}
	case "Job":
		return fields{"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": w.jobSpec()}
	case "CronJob":
		return fields{"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata, "spec": fields{
			"schedule":          fault.OrElse(w.Schedule, "* * * * *"),
			"concurrencyPolicy": "Forbid",
			"jobTemplate":       fields{"spec": w.jobSpec()},
		}}
	}
	spec := fields{"selector": fields{"matchLabels": fields{"app": w.Name}}, "template": w.template("Always")}
	if w.Kind != "DaemonSet" && w.Replicas != nil {
		spec["replicas"] = *w.Replicas
	}
	if w.Kind == "StatefulSet" {
		spec["serviceName"] = w.Name
		if w.Claim != nil {
			spec["volumeClaimTemplates"] = []fields{w.claim("data")}
			spec["persistentVolumeClaimRetentionPolicy"] = fields{"whenScaled": "Delete", "whenDeleted": "Delete"}
		}
	}
	return fields{"apiVersion": "apps/v1", "kind": w.Kind, "metadata": metadata, "spec": spec}
}

func (w Workload) jobSpec() fields {
	spec := fields{"template": w.template("Never")}
	if w.BackoffLimit != nil {
		spec["backoffLimit"] = *w.BackoffLimit
	}
	if w.Deadline != nil {
		spec["activeDeadlineSeconds"] = *w.Deadline
	}
	return spec
}

func (w Workload) labels() fields {
	labels := fields{"app": w.Name}
	for key, value := range w.Labels {
		labels[key] = value
	}
	return labels
}

func (w Workload) template(restartPolicy string) fields {
	container := fields{"name": "app", "image": fault.OrElse(w.Image, "registry.lab/"+w.Name+":1")}
	if w.CPU != "" {
		container["resources"] = fields{"requests": fields{"cpu": w.CPU}}
	}
	probe := fields{"httpGet": fields{"path": "/healthz", "port": probePort}, "periodSeconds": probePeriodSeconds, "failureThreshold": probeFailures}
	if w.Liveness {
		container["livenessProbe"] = probe
	}
	if w.Readiness {
		container["readinessProbe"] = probe
	}
	if w.EnvSecret != "" {
		container["envFrom"] = []fields{{"secretRef": fields{"name": w.EnvSecret}}}
	}
	spec := fields{"restartPolicy": restartPolicy, "terminationGracePeriodSeconds": 1}
	w.addVolumes(spec, container)
	spec["containers"] = []fields{container}
	if w.Priority != "" {
		spec["priorityClassName"] = w.Priority
	}
	if w.Node != "" {
		spec["nodeSelector"] = fields{"kubernetes.io/hostname": w.Node}
	}
	metadata := fields{"labels": w.labels()}
	if w.RunFor != "" {
		metadata["annotations"] = fields{"lab.eventloom.dev/run-for": w.RunFor}
	}
	return fields{"metadata": metadata, "spec": spec}
}

func (w Workload) addVolumes(spec, container fields) {
	var volumes, mounts []fields
	if w.Secret != "" {
		volumes = append(volumes, fields{"name": "secret", "secret": fields{"secretName": w.Secret}})
		mounts = append(mounts, fields{"name": "secret", "mountPath": "/etc/secret"})
	}
	if w.ConfigMap != "" {
		volumes = append(volumes, fields{"name": "config", "configMap": fields{"name": w.ConfigMap}})
		mounts = append(mounts, fields{"name": "config", "mountPath": "/etc/config"})
	}
	if w.Claim != nil {
		mounts = append(mounts, fields{"name": "data", "mountPath": "/data"})
		if w.Claim.Ephemeral {
			volumes = append(volumes, fields{"name": "data", "ephemeral": fields{"volumeClaimTemplate": fields{"spec": w.claim("")["spec"]}}})
		} else if w.Kind != "StatefulSet" {
			volumes = append(volumes, fields{"name": "data", "persistentVolumeClaim": fields{"claimName": w.claimName()}})
		}
	}
	if len(mounts) > 0 {
		container["volumeMounts"] = mounts
	}
	if len(volumes) > 0 {
		spec["volumes"] = volumes
	}
}

func (w Workload) claimName() string { return fault.OrElse(w.Claim.Name, w.Name+"-data") }

func (w Workload) claim(name string) fields {
	spec := fields{
		"accessModes": []string{"ReadWriteOnce"},
		"resources":   fields{"requests": fields{"storage": fault.OrElse(w.Claim.Size, "1Gi")}},
	}
	if w.Claim.StorageClass != "" {
		spec["storageClassName"] = w.Claim.StorageClass
	}
	metadata := fields{"name": name}
	if w.Kind != "StatefulSet" {
		metadata["namespace"] = w.Namespace
	}
	return fields{"metadata": metadata, "spec": spec}
}
