package storage

import (
	"context"
	"fmt"
	"time"

	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eventloom.dev/lab/fault"
)

func (d *driver) attachAll(ctx context.Context) error {
	attachments, err := d.client.StorageV1().VolumeAttachments().List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range attachments.Items {
		attachment := &attachments.Items[i]
		if attachment.Spec.Attacher != Driver || attachment.Status.Attached || attachment.DeletionTimestamp != nil {
			continue
		}
		if err := d.attach(ctx, attachment); err != nil {
			return err
		}
	}
	return nil
}

// attach answers one request of Kubernetes' attach-detach controller. Silence ends there in a time-out after 2 minutes.
func (d *driver) attach(ctx context.Context, attachment *storagev1.VolumeAttachment) error {
	key, now := "attach/"+string(attachment.UID), time.Now()
	if !d.attempts.due(key, now) || attachment.Spec.Source.PersistentVolumeName == nil {
		return nil
	}
	volume, err := d.client.CoreV1().PersistentVolumes().Get(ctx, *attachment.Spec.Source.PersistentVolumeName, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("read the volume to attach: %w", err)
	}
	claim := ""
	if volume.Spec.ClaimRef != nil {
		claim = volume.Spec.ClaimRef.Name
	}
	rule := d.ruleFor(volume.Spec.StorageClassName, claim, attachment.Spec.NodeName, func(v fault.Volumes) string { return v.Attach })
	switch {
	case rule == nil:
		d.attempts.done(key)
		attachment.Status = storagev1.VolumeAttachmentStatus{Attached: true}
	case rule.Attach == "stuck":
		return nil
	default:
		d.attempts.failed(key, now)
		attachment.Status.AttachError = &storagev1.VolumeError{Time: metav1.Now(), Message: fault.OrElse(rule.Message,
			"rpc error: code = DeadlineExceeded desc = context deadline exceeded")}
	}
	_, err = d.client.StorageV1().VolumeAttachments().UpdateStatus(ctx, attachment, metav1.UpdateOptions{})
	if apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
		return nil // it changed meanwhile; the next look sees how
	}
	return err
}
