package node

import (
	"context"
	"fmt"
	"time"

	cadvisorapi "github.com/google/cadvisor/lib/model"
	"k8s.io/klog/v2"
	cadvisortest "k8s.io/kubernetes/pkg/kubelet/cadvisor/testing"
)

// diskBytes is the size of every pretended disk; half of it is free.
const diskBytes = 100 << 30

// machine is the hardware the kubelet believes it runs on.
type machine struct {
	cadvisortest.Fake
	settings settings
	bootID   string
}

// newMachine has a boot id of its own per process: a node that comes back has been rebooted, and Kubernetes says so.
func newMachine(s settings) *machine {
	return &machine{
		Fake:     cadvisortest.Fake{NodeName: s.name},
		settings: s,
		bootID:   fmt.Sprintf("%s-%d", s.name, time.Now().UnixNano()),
	}
}

// MachineInfo is cores, memory and identity.
func (m *machine) MachineInfo(klog.Logger) (*cadvisorapi.MachineInfo, error) {
	return &cadvisorapi.MachineInfo{
		NumCores:       m.settings.cores,
		MemoryCapacity: m.settings.memoryBytes,
		InstanceID:     cadvisorapi.InstanceID(m.settings.name),
		MachineID:      m.settings.name,
		SystemUUID:     m.settings.name,
		BootID:         m.bootID,
	}, nil
}

// RootFsInfo is the disk of the kubelet.
func (m *machine) RootFsInfo() (cadvisorapi.FsInfo, error) { return halfFullDisk(), nil }

// ImagesFsInfo is the disk of the images.
func (m *machine) ImagesFsInfo(context.Context) (cadvisorapi.FsInfo, error) {
	return halfFullDisk(), nil
}

// ContainerFsInfo is the disk of the containers' writable layers.
func (m *machine) ContainerFsInfo(context.Context) (cadvisorapi.FsInfo, error) {
	return halfFullDisk(), nil
}

// GetDirFsInfo is the disk a directory lies on.
func (m *machine) GetDirFsInfo(string) (cadvisorapi.FsInfo, error) { return halfFullDisk(), nil }

func halfFullDisk() cadvisorapi.FsInfo {
	return cadvisorapi.FsInfo{Device: "lab", Mountpoint: "/", Capacity: diskBytes, Available: diskBytes / 2, Usage: diskBytes / 2}
}
