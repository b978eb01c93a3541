package storage

import (
	"context"
	"fmt"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eventloom.dev/lab/fault"
)

// provisionerAnnotation is set by Kubernetes' volume controller on a claim that waits for this driver.
const provisionerAnnotation = "volume.kubernetes.io/storage-provisioner"

func (d *driver) provisionAll(ctx context.Context) error {
	claims, err := d.client.CoreV1().PersistentVolumeClaims("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range claims.Items {
		claim := &claims.Items[i]
		if claim.Annotations[provisionerAnnotation] != Driver || claim.Spec.VolumeName != "" || claim.DeletionTimestamp != nil {
			continue
		}
		if err := d.provision(ctx, claim); err != nil {
			return err
		}
	}
	return d.deleteReleased(ctx)
}

// provision makes the volume of one claim, with the events that the real sidecar emits on the way.
func (d *driver) provision(ctx context.Context, claim *v1.PersistentVolumeClaim) error {
	key, now := "provision/"+string(claim.UID), time.Now()
	if !d.attempts.due(key, now) {
		return nil
	}
	class := *claim.Spec.StorageClassName
	rule := d.ruleFor(class, claim.Name, "", func(v fault.Volumes) string { return v.Provision })
	if !d.told[key] || (rule != nil && rule.Provision == "fail") {
		d.told[key] = true
		d.recorder.Eventf(claim, v1.EventTypeNormal, "Provisioning", "External provisioner is provisioning volume for claim \"%s/%s\"", claim.Namespace, claim.Name)
	}
	if rule != nil {
		if rule.Provision == "fail" {
			d.attempts.failed(key, now)
			d.recorder.Eventf(claim, v1.EventTypeWarning, "ProvisioningFailed", "failed to provision volume with StorageClass %q: %s", class,
				fault.OrElse(rule.Message, "rpc error: code = ResourceExhausted desc = no capacity left in the pool"))
		}
		return nil
	}
	volume := volumeFor(claim, class)
	_, err := d.client.CoreV1().PersistentVolumes().Create(ctx, volume, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil // made a moment ago and not bound yet
	}
	if err != nil {
		return fmt.Errorf("create volume %s: %w", volume.Name, err)
	}
	d.attempts.done(key)
	d.recorder.Eventf(claim, v1.EventTypeNormal, "ProvisioningSucceeded", "Successfully provisioned volume %s", volume.Name)
	return nil
}

func volumeFor(claim *v1.PersistentVolumeClaim, class string) *v1.PersistentVolume {
	name := "pvc-" + string(claim.UID)
	return &v1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{"pv.kubernetes.io/provisioned-by": Driver}},
		Spec: v1.PersistentVolumeSpec{
			AccessModes:                   claim.Spec.AccessModes,
			Capacity:                      v1.ResourceList{v1.ResourceStorage: claim.Spec.Resources.Requests[v1.ResourceStorage]},
			StorageClassName:              class,
			PersistentVolumeReclaimPolicy: v1.PersistentVolumeReclaimDelete,
			ClaimRef: &v1.ObjectReference{Kind: "PersistentVolumeClaim", APIVersion: "v1", Namespace: claim.Namespace,
				Name: claim.Name, UID: claim.UID, ResourceVersion: claim.ResourceVersion},
			PersistentVolumeSource: v1.PersistentVolumeSource{CSI: &v1.CSIPersistentVolumeSource{
				Driver: Driver, VolumeHandle: name,
				VolumeAttributes: map[string]string{ClassKey: class, ClaimKey: claim.Name},
			}},
		},
	}
}

// deleteReleased removes the volumes whose claims are gone.
func (d *driver) deleteReleased(ctx context.Context) error {
	volumes, err := d.client.CoreV1().PersistentVolumes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, volume := range volumes.Items {
		if volume.Status.Phase != v1.VolumeReleased || volume.Spec.CSI == nil || volume.Spec.CSI.Driver != Driver ||
			volume.Spec.PersistentVolumeReclaimPolicy != v1.PersistentVolumeReclaimDelete || volume.DeletionTimestamp != nil {
			continue
		}
		err := d.client.CoreV1().PersistentVolumes().Delete(ctx, volume.Name, metav1.DeleteOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("delete volume %s: %w", volume.Name, err)
		}
	}
	return nil
}
