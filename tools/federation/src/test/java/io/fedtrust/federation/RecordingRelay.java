// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Copies TCP connections of this machine to another port, and keeps what went over the wire. */
final class RecordingRelay implements AutoCloseable {
  private final ServerSocket listener;
  private final int target;
  private final List<Socket> open = Collections.synchronizedList(new ArrayList<>());
  private final ByteArrayOutputStream wire = new ByteArrayOutputStream();

  private RecordingRelay(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  /** Starts one in front of a port of the loopback address. */
  static RecordingRelay to(int target) throws IOException {
    RecordingRelay relay =
        new RecordingRelay(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
    daemon(relay::accept);
    return relay;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** All bytes of both directions, one character each. */
  String recorded() {
    synchronized (wire) {
      return wire.toString(StandardCharsets.ISO_8859_1);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket near = listener.accept();
        Socket far = new Socket();
        open.add(near);
        open.add(far);
        far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        daemon(() -> copy(near, far));
        daemon(() -> copy(far, near));
      } catch (IOException e) {
        // Closed, or nobody listens there yet: whoever connected sees the end of the connection.
        closeLast();
      }
    }
  }

  private void closeLast() {
    synchronized (open) {
      for (int i = Math.max(0, open.size() - 2); i < open.size(); i++) {
        close(open.get(i));
      }
    }
  }

  private void copy(Socket from, Socket to) {
    byte[] buffer = new byte[16 * 1024];
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        synchronized (wire) {
          wire.write(buffer, 0, read);
        }
        out.write(buffer, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // An end has closed its connection.
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      // Closed already.
    }
  }

  @Override
  public void close() {
    close(listener);
    synchronized (open) {
      open.forEach(RecordingRelay::close);
    }
  }
}
