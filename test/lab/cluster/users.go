package cluster

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	certutil "k8s.io/client-go/util/cert"
)

// Admin may do everything.
const Admin = "admin"

// Users are those of the token file, with their groups. What the others may do is in rbac.go; eventloom may nothing until
// somebody applies a role for it.
var Users = []struct{ Name, Group string }{
	{Admin, "system:masters"},
	{"eventloom", "lab"},
	{"team-reader", "lab"},
	{"core-only", "lab"},
	{"nobody", "lab"},
}

// TokenOf is a user's token. It is no secret: a lab listens on the loopback address only, with invented data.
func TokenOf(user string) string { return "lab-token-" + user }

// writeIdentities makes the server's certificate, the key for service account tokens, the token file and a kubeconfig for each user.
func (c *Cluster) writeIdentities() error {
	certificate, key, err := certutil.GenerateSelfSignedCertKey("localhost", []net.IP{net.IPv4(127, 0, 0, 1)}, []string{"kubernetes.default.svc"})
	if err != nil {
		return fmt.Errorf("make the server's certificate: %w", err)
	}
	accountKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return fmt.Errorf("make the service account key: %w", err)
	}
	var tokens strings.Builder
	for _, user := range Users {
		fmt.Fprintf(&tokens, "%s,%s,%s,%q\n", TokenOf(user.Name), user.Name, user.Name, user.Group)
	}
	files := map[string][]byte{
		"ca.crt":     certificate,
		"server.key": key,
		"sa.key":     pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(accountKey)}),
		"tokens.csv": []byte(tokens.String()),
	}
	for name, content := range files {
		if err := os.WriteFile(c.Path(name), content, 0o600); err != nil {
			return err
		}
	}
	for _, user := range Users {
		if err := c.WriteKubeconfig(user.Name, TokenOf(user.Name)); err != nil {
			return err
		}
	}
	return nil
}

// WriteKubeconfig writes DIR/<user>.kubeconfig with a bearer token.
func (c *Cluster) WriteKubeconfig(user, token string) error {
	authority, err := os.ReadFile(c.Path("ca.crt"))
	if err != nil {
		return err
	}
	config := clientcmdapi.NewConfig()
	config.Clusters["lab"] = &clientcmdapi.Cluster{Server: c.Server, CertificateAuthorityData: authority}
	config.AuthInfos[user] = &clientcmdapi.AuthInfo{Token: token}
	config.Contexts["lab"] = &clientcmdapi.Context{Cluster: "lab", AuthInfo: user}
	config.CurrentContext = "lab"
	return clientcmd.WriteToFile(*config, c.KubeconfigOf(user))
}
