package test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"eventloom.dev/plugin/test/host"
)

// secureServer has a certificate of its own; settings changes what stands in it and how it is asked for.
func secureServer(t *testing.T, change func(*x509.Certificate, *tls.Config)) (url, ca string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "eventloom"}, DNSNames: []string{"eventloom.example"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	change(template, config)
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	config.Certificates = []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = config
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
}

// Each way to get the settings wrong has its own sentence with the way out, the same in a query and in "Save & test".
func TestEachWayToGetTheSettingsWrongHasItsOwnSentence(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	unauthorized := says(t, 401, "application/problem+json", `{}`).URL
	plain := says(t, 200, "application/json", `{}`).URL
	known := func(*x509.Certificate, *tls.Config) {}
	unknownCA, _ := secureServer(t, known)
	otherName, otherNameCA := secureServer(t, func(c *x509.Certificate, _ *tls.Config) { c.IPAddresses = nil })
	expired, expiredCA := secureServer(t, func(c *x509.Certificate, _ *tls.Config) { c.NotAfter = time.Now().Add(-time.Minute) })
	wantsClient, wantsClientCA := secureServer(t, func(_ *x509.Certificate, config *tls.Config) { config.ClientAuth = tls.RequireAnyClientCert })
	trusting := func(ca string) host.Settings {
		return host.Settings{JSON: map[string]any{"tlsAuthWithCACert": true}, Secrets: map[string]string{"tlsCACert": ca}}
	}
	for _, c := range []struct {
		name, url string
		settings  host.Settings
		words     string
	}{
		{"nobody listens on the machine itself", closed.URL, host.Settings{}, "the machine of the Grafana server itself"},
		{"a name that nobody knows", "http://eventloom.invalid:8085", host.Settings{}, `does not know the name "eventloom.invalid"`},
		{"no scheme", "eventloom:8085", host.Settings{}, "Write http://eventloom:8085."},
		{"another scheme", "ftp://eventloom", host.Settings{}, "Write it like http://"},
		{"a password in the URL", "http://ada:secret@eventloom:8085", host.Settings{}, "Choose basic authentication"},
		{"a path too many", says(t, 404, "application/json", `{}`).URL + "/api/v1", host.Settings{}, "Leave the path out of the URL"},
		{"no token", unauthorized, host.Settings{}, "and the settings have none"},
		{"another token", unauthorized, host.Settings{Secrets: map[string]string{"token": "wrong"}}, "refused the token of the settings"},
		{"http to a secure server", strings.Replace(unknownCA, "https:", "http:", 1), host.Settings{}, "Begin the URL with https://"},
		{"https to a plain server", strings.Replace(plain, "http:", "https:", 1), host.Settings{}, "Begin the URL with http://"},
		{"an authority that nobody knows", unknownCA, host.Settings{}, "paste the CA certificate"},
		{"a certificate for another name", otherName, trusting(otherNameCA), "its certificate is for eventloom.example, not for 127.0.0.1"},
		{"a certificate of before", expired, trusting(expiredCA), "Renew the certificate"},
		{"a client certificate is wanted", wantsClient, trusting(wantsClientCA), "TLS Client Authentication"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.settings.URL = c.url
			source := plugin.Add(c.settings)
			queried := ask(t, source, oneQuery, nil)["A"]
			if queried.Error == nil || !strings.Contains(queried.Error.Error(), c.words) {
				t.Fatalf("got %v, want %q", queried.Error, c.words)
			}
			health, err := source.Health(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if health.Message != queried.Error.Error() {
				t.Errorf("health says %q, the query %q", health.Message, queried.Error)
			}
			if strings.Contains(health.Message, "secret") {
				t.Errorf("%q tells the password", health.Message)
			}
		})
	}
}
