package plugin

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// unreached explains a request that got no answer: each way to get the settings wrong has its own sentence, with the way out.
func unreached(err error, host string) *failure {
	switch {
	case errors.Is(err, context.Canceled):
		return downstream(networkCategory, statusClientClosed, "The query was cancelled before the collector answered.", "")
	case isDial(err) && isTimeout(err):
		return unreachable(host, "nothing answers there",
			"A firewall may stand in between, or the host is another one. Try the address from the machine on which Grafana runs.")
	case isTimeout(err):
		return downstream(timeoutCategory, backend.StatusTimeout, fmt.Sprintf("The collector at %s did not answer in time.", host),
			"Ask for a shorter range or fewer groups, or see whether the collector is overloaded.")
	}
	if message, hint := tlsTrouble(err); message != "" {
		return downstream(tlsCategory, backend.StatusBadGateway, fmt.Sprintf("No secure connection to %s: %s.", host, message), hint)
	}
	return unreachable(host, innermost(err).Error(), networkHint(err, host))
}

func unreachable(host, why, hint string) *failure {
	return downstream(networkCategory, backend.StatusBadGateway, fmt.Sprintf("The collector at %s cannot be reached: %s.", host, why), hint)
}

func networkHint(err error, host string) string {
	if unknown, ok := errors.AsType[*net.DNSError](err); ok {
		return fmt.Sprintf("The Grafana server does not know the name %q. Check how it is written; in containers it is the name of the service, in Kubernetes NAME.NAMESPACE.", unknown.Name)
	}
	if errors.Is(err, syscall.ECONNREFUSED) && isLoopback(host) {
		return "No collector listens there. This address is the machine of the Grafana server itself, as seen from the Grafana server, or its container: " +
			"where the collector runs elsewhere, enter its own address. It listens on port 8085 unless api.port says otherwise."
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return "No collector listens at this port, as seen from the Grafana server. Check that it runs and that the port is that of api.port; " +
			"it listens for its own machine alone unless api.host says otherwise."
	}
	return "Check that it runs, and that this address is right as seen from the Grafana server, not from the browser."
}

func isLoopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	address := net.ParseIP(name)
	return name == "localhost" || address != nil && address.IsLoopback()
}

func isDial(err error) bool {
	operation, ok := errors.AsType[*net.OpError](err)
	return ok && operation.Op == "dial"
}

func isTimeout(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	network, ok := errors.AsType[net.Error](err)
	return ok && network.Timeout()
}

// tlsTrouble says what is wrong with a secure connection and what to set; nothing when that is not the trouble.
func tlsTrouble(err error) (message, hint string) {
	if strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") {
		return "it answers without TLS", "Begin the URL with http:// instead of https://, or give the collector's proxy a certificate."
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "its certificate is signed by an authority that Grafana does not know",
			`Switch on "Add self-signed certificate" in the settings and paste the CA certificate.`
	}
	if name, ok := errors.AsType[x509.HostnameError](err); ok {
		return fmt.Sprintf("its certificate is for %s, not for %s", strings.Join(namesOf(name.Certificate), ", "), name.Host),
			`Enter one of these names as "Server name" in the settings, or in the URL.`
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return fmt.Sprintf("its certificate is valid from %s to %s only", invalid.Cert.NotBefore.UTC().Format(time.DateOnly), invalid.Cert.NotAfter.UTC().Format(time.DateOnly)),
			"Renew the certificate of the collector or of the proxy before it, and check the clock of the Grafana server."
	}
	if strings.Contains(err.Error(), "remote error: tls:") {
		return "it refuses the client certificate, or wants one",
			`Switch on "TLS Client Authentication" in the settings and paste certificate and key that it knows.`
	}
	_, isRecord := errors.AsType[tls.RecordHeaderError](err)
	_, isVerification := errors.AsType[*tls.CertificateVerificationError](err)
	if _, isAlert := errors.AsType[tls.AlertError](err); isRecord || isVerification || isAlert {
		return innermost(err).Error(), "Check the certificates and the server name in the settings, and whether the URL should begin with http:// or https://."
	}
	return "", ""
}

func namesOf(certificate *x509.Certificate) []string {
	names := append([]string{}, certificate.DNSNames...)
	for _, address := range certificate.IPAddresses {
		names = append(names, address.String())
	}
	if len(names) == 0 {
		names = append(names, certificate.Subject.CommonName)
	}
	return names
}

// innermost leaves out the address, which net/http repeats in front of every error.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		if _, isOperation := err.(*net.OpError); isOperation {
			return err
		}
		err = inner
	}
}
