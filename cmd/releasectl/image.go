package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"regexp"
	"time"
)

// user is the number of the user that the program runs as in a container; it has no name outside.
const (
	user     = 65532
	userText = "65532"
)

// image writes a container image with the program and nothing else to run. The file has the layout of the OCI, and also
// the manifest that docker load of older releases reads.
func (c cli) image(program, name, arch string) error {
	data, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	const private, shared, readable = 0o700, 0o1777, 0o755
	const account = "procedo:x:" + userText + ":" + userText + "::/data:/sbin/nologin\n"
	var layer bytes.Buffer
	err = writeTar(&layer, []entry{
		{name: "data/", mode: private, owner: user},
		{name: "etc/", mode: readable},
		{name: "etc/group", mode: textMode, data: []byte("procedo:x:" + userText + ":\n")},
		{name: "etc/passwd", mode: textMode, data: []byte(account)},
		{name: "procedo", mode: programMode, data: data},
		{name: "tmp/", mode: shared},
	}, c.Time)
	if err != nil {
		return err
	}
	config, err := json.Marshal(c.imageConfig(arch, digest(layer.Bytes())))
	if err != nil {
		return err
	}
	entries, err := c.imageFiles(layer.Bytes(), config, arch)
	if err != nil {
		return err
	}
	return c.create(name, func(out io.Writer) error { return writeTarGz(out, entries, c.Time) })
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// object is a JSON object. Its members are written in the order of their names.
type object = map[string]any

// imageConfig returns the configuration of the image.
func (c cli) imageConfig(arch, layer string) object {
	created := c.Time.UTC().Format(time.RFC3339)
	const interval, timeout, start, retries = 10 * time.Second, 5 * time.Second, 30 * time.Second, 3
	return object{
		"architecture": arch, "os": "linux", "created": created,
		"config": object{
			"User": userText + ":" + userText, "WorkingDir": "/data",
			"Entrypoint": []string{"/procedo"}, "Cmd": []string{"serve"},
			// The program refuses this address unless --allow-anonymous is given as well: that is for the operator to
			// decide.
			"Env":          []string{"PROCEDO_LISTEN=0.0.0.0:8080", "PROCEDO_DATABASE_URL=sqlite:/data/procedo.db"},
			"ExposedPorts": object{"8080/tcp": object{}}, "Volumes": object{"/data": object{}}, "StopSignal": "SIGTERM",
			"Healthcheck": object{
				"Test": []string{"CMD", "/procedo", "health"}, "Interval": interval, "Timeout": timeout,
				"StartPeriod": start, "Retries": retries,
			},
			"Labels": object{
				"org.opencontainers.image.title":       "Procedo",
				"org.opencontainers.image.description": "Executes procedures and keeps an audit trail of each run",
				"org.opencontainers.image.version":     c.Version, "org.opencontainers.image.revision": c.Commit,
				"org.opencontainers.image.created": created, "org.opencontainers.image.licenses": "Apache-2.0",
			},
		},
		"rootfs":  object{"type": "layers", "diff_ids": []string{"sha256:" + layer}},
		"history": []object{{"created": created, "created_by": "releasectl"}},
	}
}

// notInTag matches what the tag of an image cannot hold.
var notInTag = regexp.MustCompile(`[^A-Za-z0-9_.-]`)

// imageFiles returns the files of an image: the two blobs, what refers to them in the layout of the OCI, and the
// manifest for docker load.
func (c cli) imageFiles(layer, config []byte, arch string) (all []entry, err error) {
	const blobs = "blobs/sha256/"
	tag := notInTag.ReplaceAllString(c.Version, "-")
	blob := func(kind string, data []byte) object {
		return object{"mediaType": kind, "digest": "sha256:" + digest(data), "size": len(data)}
	}
	add := func(name string, data []byte) { all = append(all, entry{name: name, mode: textMode, data: data}) }
	addJSON := func(name string, value any) []byte {
		data, failed := json.Marshal(value)
		if failed != nil {
			err = failed
		}
		if name == "" {
			name = blobs + digest(data)
		}
		add(name, data)
		return data
	}
	all = append(all, entry{name: "blobs/", mode: programMode}, entry{name: blobs, mode: programMode})
	add(blobs+digest(layer), layer)
	add(blobs+digest(config), config)
	manifest := addJSON("", object{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
		"config": blob("application/vnd.oci.image.config.v1+json", config),
		"layers": []object{blob("application/vnd.oci.image.layer.v1.tar", layer)},
	})
	described := blob("application/vnd.oci.image.manifest.v1+json", manifest)
	described["platform"] = object{"architecture": arch, "os": "linux"}
	described["annotations"] = object{
		"org.opencontainers.image.ref.name": tag, "io.containerd.image.name": "procedo:" + tag,
	}
	addJSON("index.json", object{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []object{described},
	})
	addJSON("manifest.json", []object{{
		"Config": blobs + digest(config), "RepoTags": []string{"procedo:" + tag}, "Layers": []string{blobs + digest(layer)},
	}})
	addJSON("oci-layout", object{"imageLayoutVersion": "1.0.0"})
	return all, err
}
