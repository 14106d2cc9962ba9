package io.hookseal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/**
 * Finds and loads the native library: the file named by the system property {@value
 * #PATH_PROPERTY}, or the one for this platform from the jar.
 *
 * <p>From the jar it goes into a folder that only this user can enter, and is deleted as soon as it
 * is loaded. Where the temporary folder forbids execution, the user's home is tried next.
 */
final class NativeLibrary {
  static final String PATH_PROPERTY = "hookseal.library.path";

  private static final String NAME = "hookseal_java";

  private NativeLibrary() {}

  /**
   * Loads the library. Called from the initialiser of {@link Native}, so that the virtual machine
   * itself sees to it that it happens once.
   */
  static void load() {
    String path = System.getProperty(PATH_PROPERTY);
    if (path != null) {
      loadFile(Path.of(path));
      return;
    }
    String resource = resource(platform());
    List<Throwable> failures = new ArrayList<>();
    for (String folder : List.of("java.io.tmpdir", "user.home")) {
      try {
        loadFromJar(resource, Path.of(System.getProperty(folder)));
        return;
      } catch (IOException | UnsatisfiedLinkError e) {
        failures.add(e);
      }
    }
    UnsatisfiedLinkError error =
        new UnsatisfiedLinkError(
            "hookseal can't load its native library from the temporary folder or the home folder;"
                + " name a copy of it in the system property "
                + PATH_PROPERTY);
    failures.forEach(error::addSuppressed);
    throw error;
  }

  /** Rejects a native library that is not of this version: both sides change together. */
  static void requireVersion(String expected, String actual) {
    if (!expected.equals(actual)) {
      throw new UnsatisfiedLinkError(
          "the native library is of hookseal "
              + actual
              + ", but the jar is of "
              + expected
              + ": use one version of both");
    }
  }

  /** The version of this jar. */
  static String version() {
    Properties properties = new Properties();
    try (InputStream in = NativeLibrary.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    } catch (IOException | NullPointerException e) {
      throw new IllegalStateException("the hookseal jar is incomplete: version.properties", e);
    }
    return properties.getProperty("version");
  }

  /** This machine, as the folders in the jar are named: {@code linux-x86_64-musl}. */
  private static String platform() {
    String os = System.getProperty("os.name");
    return platform(os, System.getProperty("os.arch"), os.startsWith("Linux") && isMusl());
  }

  static String platform(String osName, String osArch, boolean musl) {
    String name = osName.toLowerCase(Locale.ROOT);
    String os =
        name.startsWith("windows")
            ? "windows"
            : name.startsWith("mac") ? "macos" : name.replace(' ', '_');
    String arch =
        switch (osArch) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "aarch64";
          default -> osArch;
        };
    return os + '-' + arch + (musl ? "-musl" : "");
  }

  /** Whether this very process runs on musl, told by what is mapped into it. */
  private static boolean isMusl() {
    try {
      return Files.readString(Path.of("/proc/self/maps")).contains("/ld-musl-");
    } catch (IOException e) {
      return false;
    }
  }

  private static String resource(String platform) {
    String resource = "/native/" + platform + '/' + System.mapLibraryName(NAME);
    if (NativeLibrary.class.getResource(resource) == null) {
      throw new UnsatisfiedLinkError(
          "hookseal has no native library for "
              + platform
              + " in its jar; build one and name it in the system property "
              + PATH_PROPERTY);
    }
    return resource;
  }

  private static void loadFromJar(String resource, Path parent) throws IOException {
    Path folder = Files.createTempDirectory(parent, "hookseal-", onlyThisUser());
    Path file = folder.resolve(System.mapLibraryName(NAME));
    try {
      try (InputStream in = NativeLibrary.class.getResourceAsStream(resource)) {
        Files.copy(in, file);
      }
      loadFile(file);
    } finally {
      delete(file);
      delete(folder);
    }
  }

  private static void loadFile(Path file) {
    System.load(file.toAbsolutePath().toString());
  }

  private static FileAttribute<?>[] onlyThisUser() {
    if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      // Windows: the temporary folder is the user's own already.
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
    };
  }

  /** Windows can't delete a loaded library; there it goes when the virtual machine ends. */
  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      path.toFile().deleteOnExit();
    }
  }
}
