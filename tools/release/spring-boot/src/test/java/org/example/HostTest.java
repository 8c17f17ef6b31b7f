// SPDX-License-Identifier: Apache-2.0
package org.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class HostTest {
  @Value("${local.server.port}")
  private int port;

  private String get(String path) throws Exception {
    URI address = URI.create("http://localhost:" + port + path);
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    return response.body();
  }

  @Test
  @DisplayName("the application creates a CA and serves its fingerprint as JSON")
  void authority() throws Exception {
    assertThat(get("/authority"))
        .matches(
            "\\{\"fingerprint\":\"SHA256:([0-9A-F]{2}:){31}[0-9A-F]{2}\","
                + "\"created\":\"1970-01-01T00:00:00Z\",\"names\":\\[]}");
  }

  @Test
  @DisplayName("the application reads a policy and serves its version as JSON")
  void policy() throws Exception {
    assertThat(get("/policy")).isEqualTo("{\"id\":\"p\",\"version\":\"3\"}");
  }
}
