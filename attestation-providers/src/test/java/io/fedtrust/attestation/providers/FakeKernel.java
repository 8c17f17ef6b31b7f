// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The kernel's folder of reports as a file system in memory: attributes appear with a folder and go
 * with it, writes count when the file is closed, reads are short, and stated sizes are wrong.
 */
public final class FakeKernel extends FileSystem {
  /** What was done, for example {@code mkdir} or {@code close inblob}. */
  public final List<String> calls = new ArrayList<>();

  /** A failure for the next calls of a name: {@code read outblob} fails as often as it is there. */
  public final List<String> failures = new ArrayList<>();

  public String provider = "sev_guest\n";
  public boolean present = true;
  public boolean driver = true;
  public boolean withAux = true;
  public byte[] aux = new byte[0];

  /** Another writer slips in before the report is read, as often as this says. */
  public int races;

  private final UnaryOperator<byte[]> hardware;
  private final Map<String, Request> requests = new HashMap<>();
  private final Provider files = new Provider();

  private static final class Request {
    private long generation;
    private byte[] inblob = new byte[0];
    private String privlevel = "";
  }

  public FakeKernel(UnaryOperator<byte[]> hardware) {
    this.hardware = hardware;
  }

  public Path root() {
    return new Node("/");
  }

  public List<String> leftOver() {
    return List.copyOf(requests.keySet());
  }

  public String lastPrivilegeLevel = "";

  private void call(String name) throws IOException {
    calls.add(name);
    if (failures.remove(name)) {
      throw new FileSystemException(name, null, "Device or resource busy");
    }
  }

  private byte[] content(Request request, String attribute) throws IOException {
    return switch (attribute) {
      case "provider" -> ascii(provider);
      case "generation" -> ascii(request.generation + "\n");
      case "outblob" -> {
        if (races > 0) {
          races--;
          request.generation++;
        }
        yield hardware.apply(request.inblob);
      }
      case "auxblob" -> aux.clone();
      default -> throw new NoSuchFileException(attribute);
    };
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** A path of at most two names. */
  private final class Node implements Path {
    private final String text;

    private Node(String text) {
      this.text = text;
    }

    private String[] names() {
      return text.substring(1).split("/", -1);
    }

    @Override
    public FileSystem getFileSystem() {
      return FakeKernel.this;
    }

    @Override
    public boolean isAbsolute() {
      return true;
    }

    @Override
    public Path getRoot() {
      return root();
    }

    @Override
    public Path getFileName() {
      return this;
    }

    @Override
    public Path getParent() {
      return root();
    }

    @Override
    public int getNameCount() {
      return names().length;
    }

    @Override
    public Path getName(int index) {
      return new Node(names()[index]);
    }

    @Override
    public Path subpath(int begin, int end) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean startsWith(Path other) {
      return text.startsWith(other.toString());
    }

    @Override
    public boolean endsWith(Path other) {
      return text.endsWith(other.toString());
    }

    @Override
    public Path normalize() {
      return this;
    }

    @Override
    public Path resolve(Path other) {
      return new Node(text.equals("/") ? text + other : text + "/" + other);
    }

    @Override
    public Path resolve(String other) {
      return new Node(text.equals("/") ? text + other : text + "/" + other);
    }

    @Override
    public Path relativize(Path other) {
      throw new UnsupportedOperationException();
    }

    @Override
    public URI toUri() {
      return URI.create("kernel:" + text);
    }

    @Override
    public Path toAbsolutePath() {
      return this;
    }

    @Override
    public Path toRealPath(LinkOption... options) {
      return this;
    }

    @Override
    public WatchKey register(
        WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int compareTo(Path other) {
      return text.compareTo(other.toString());
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Node that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
      return text.hashCode();
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private final class Attribute implements SeekableByteChannel {
    private final Request request;
    private final String name;
    private final boolean writing;
    private final ByteBuffer written = ByteBuffer.allocate(4096);
    private ByteBuffer content = ByteBuffer.allocate(0);
    private boolean started;
    private boolean open = true;

    private Attribute(Request request, String name, boolean writing) {
      this.request = request;
      this.name = name;
      this.writing = writing;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      if (!started) {
        call("read " + name);
        content = ByteBuffer.wrap(content(request, name));
        started = true;
      }
      if (!content.hasRemaining()) {
        return -1;
      }
      int count = Math.min(Math.min(target.remaining(), content.remaining()), 100);
      for (int i = 0; i < count; i++) {
        target.put(content.get());
      }
      return count;
    }

    @Override
    public int write(ByteBuffer source) {
      int count = source.remaining();
      written.put(source);
      return count;
    }

    @Override
    public void close() throws IOException {
      if (open && writing) {
        open = false;
        call("close " + name);
        byte[] bytes = new byte[written.position()];
        written.flip().get(bytes);
        request.generation++;
        if (name.equals("inblob")) {
          request.inblob = bytes;
        } else {
          request.privlevel = new String(bytes, StandardCharsets.US_ASCII);
          lastPrivilegeLevel = request.privlevel;
        }
      }
    }

    @Override
    public long position() {
      return 0;
    }

    @Override
    public SeekableByteChannel position(long position) {
      return this;
    }

    /** A page, as the kernel says of every attribute. */
    @Override
    public long size() {
      return 4096;
    }

    @Override
    public SeekableByteChannel truncate(long size) {
      return this;
    }

    @Override
    public boolean isOpen() {
      return open;
    }
  }

  private final class Provider extends FileSystemProvider {
    private Request request(Path path) throws IOException {
      Request request = requests.get(((Node) path).names()[0]);
      if (request == null) {
        throw new NoSuchFileException(path.toString());
      }
      return request;
    }

    @Override
    public SeekableByteChannel newByteChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      String name = ((Node) path).names()[1];
      call("open " + name);
      return new Attribute(request(path), name, options.contains(StandardOpenOption.WRITE));
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
      call("mkdir");
      if (!present) {
        throw new NoSuchFileException(folder.toString());
      }
      if (!driver) {
        throw new FileSystemException(folder.toString(), null, "No such device or address");
      }
      requests.put(((Node) folder).names()[0], new Request());
    }

    @Override
    public void delete(Path path) throws IOException {
      if (((Node) path).names().length != 1) {
        throw new FileSystemException(path.toString(), null, "Operation not permitted");
      }
      call("rmdir");
      requests.remove(((Node) path).names()[0]);
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
      if (path.toString().endsWith("auxblob") && !withAux) {
        throw new NoSuchFileException(path.toString());
      }
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(
        Path path, Class<A> type, LinkOption... options) throws IOException {
      checkAccess(path);
      throw new UnsupportedOperationException();
    }

    @Override
    public String getScheme() {
      return "kernel";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
      return FakeKernel.this;
    }

    @Override
    public Path getPath(URI uri) {
      throw new UnsupportedOperationException();
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(
        Path folder, DirectoryStream.Filter<? super Path> filter) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isSameFile(Path first, Path second) {
      return first.equals(second);
    }

    @Override
    public boolean isHidden(Path path) {
      return false;
    }

    @Override
    public FileStore getFileStore(Path path) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(
        Path path, Class<V> type, LinkOption... options) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
      throw new UnsupportedOperationException();
    }
  }

  @Override
  public FileSystemProvider provider() {
    return files;
  }

  @Override
  public void close() {}

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return "/";
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return List.of(root());
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return List.of();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return Set.of("basic");
  }

  @Override
  public Path getPath(String first, String... more) {
    return new Node(first);
  }

  @Override
  public PathMatcher getPathMatcher(String pattern) {
    throw new UnsupportedOperationException();
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    throw new UnsupportedOperationException();
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException();
  }
}
