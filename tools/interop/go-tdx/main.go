// SPDX-License-Identifier: Apache-2.0

// Verifies the real TDX quotes with google/go-tdx-guest, offline, at the instants of their
// expectations. Prints a line for each: its name, then "ok" or what is wrong.
// Usage: go run . FOLDER
package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/google/go-tdx-guest/verify"
)

// folder answers as Intel's service would, from one folder of vectors.
type folder string

func (f folder) Get(address string) (map[string][]string, []byte, error) {
	file, chain, header := "", "", ""
	switch {
	case strings.Contains(address, "/tcb?"):
		file, chain, header = "tcb_info.json", "tcb_signing_chain.pem", "Tcb-Info-Issuer-Chain"
	case strings.Contains(address, "/qe/identity"):
		file, chain, header = "qe_identity.json", "tcb_signing_chain.pem", "Sgx-Enclave-Identity-Issuer-Chain"
	case strings.Contains(address, "/pckcrl"):
		file, chain, header = "pck_crl.der", "pck_crl_issuer_chain.pem", "Sgx-Pck-Crl-Issuer-Chain"
	case strings.HasSuffix(address, ".der"):
		file = "root_ca_crl.der"
	default:
		return nil, nil, fmt.Errorf("nobody asked for %s", address)
	}
	body, err := os.ReadFile(filepath.Join(string(f), file))
	if err != nil || chain == "" {
		return map[string][]string{}, body, err
	}
	pem, err := os.ReadFile(filepath.Join(string(f), chain))
	return map[string][]string{header: {strings.ReplaceAll(url.QueryEscape(string(pem)), "+", "%20")}}, body, err
}

func judge(dir string) error {
	var expected struct {
		Expected struct{ VerificationTime time.Time }
	}
	text, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &expected); err != nil {
		return err
	}
	quote, err := os.ReadFile(filepath.Join(dir, "quote.bin"))
	if err != nil {
		return err
	}
	return verify.RawTdxQuote(quote, &verify.Options{
		CheckRevocations: true,
		GetCollateral:    true,
		Getter:           folder(dir),
		Now:              expected.Expected.VerificationTime,
	})
}

func main() {
	quotes, _ := filepath.Glob(filepath.Join(os.Args[1], "*", "quote.bin"))
	sort.Strings(quotes)
	for _, quote := range quotes {
		result := "ok"
		if err := judge(filepath.Dir(quote)); err != nil {
			result = strings.ReplaceAll(err.Error(), "\n", " ")
		}
		fmt.Printf("%s\t%s\n", filepath.Base(filepath.Dir(quote)), result)
	}
}
