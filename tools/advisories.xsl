<?xml version="1.0" encoding="UTF-8"?>
<!-- Makes a rule of the Maven enforcer of each advisory. A row of which no rule can be made becomes one that always fails, and is named. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="xml" encoding="UTF-8" />
  <xsl:template match="/advisories">
    <enforcer>
      <rules>
        <xsl:apply-templates select="*" />
      </rules>
    </enforcer>
  </xsl:template>
  <xsl:template match="*">
    <xsl:call-template name="refuse">
      <xsl:with-param name="why" select="concat('not an advisory: ', name())" />
    </xsl:call-template>
  </xsl:template>
  <xsl:template match="advisory">
    <xsl:variable name="excludes">
      <xsl:call-template name="ranges">
        <xsl:with-param name="rest" select="translate(@affected, ' ', '')" />
      </xsl:call-template>
    </xsl:variable>
    <xsl:choose>
      <xsl:when test="not(string(@id)) or not(string(@fixed)) or not(string(@reviewed)) or not(string(.))">
        <xsl:call-template name="refuse">
          <xsl:with-param name="why" select="'id, fixed, reviewed or the text is missing'" />
        </xsl:call-template>
      </xsl:when>
      <xsl:when test="not((@source = 'advisory' or @source = 'reported') and starts-with(@found, 'https://'))">
        <xsl:call-template name="refuse">
          <xsl:with-param name="why" select="'source is advisory or reported, and found is its address'" />
        </xsl:call-template>
      </xsl:when>
      <xsl:when test="string-length(translate(@artifact, ':', '')) + 1 != string-length(@artifact) or contains(@artifact, '*')">
        <xsl:call-template name="refuse">
          <xsl:with-param name="why" select="'artifact is group:artifact'" />
        </xsl:call-template>
      </xsl:when>
      <xsl:when test="contains($excludes, '!')">
        <xsl:call-template name="refuse">
          <xsl:with-param name="why" select="'affected is no list of ranges'" />
        </xsl:call-template>
      </xsl:when>
      <xsl:otherwise>
        <bannedDependencies>
          <message>
            <xsl:value-of select="concat(@id, ': ', @artifact, ' ', @affected, ', fixed in ', @fixed, ': ', .)" />
          </message>
          <excludes>
            <xsl:copy-of select="$excludes" />
          </excludes>
        </bannedDependencies>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>
  <!-- One pattern a range: "[1,2),(3,4]" and so on; an exclamation mark for what is none. -->
  <xsl:template name="ranges">
    <xsl:param name="rest" />
    <xsl:variable name="inner" select="substring-before(translate(substring($rest, 2), ')', ']'), ']')" />
    <xsl:variable name="range" select="substring($rest, 1, string-length($inner) + 2)" />
    <xsl:variable name="others" select="substring($rest, string-length($range) + 1)" />
    <xsl:variable name="commas" select="string-length($inner) - string-length(translate($inner, ',', ''))" />
    <xsl:choose>
      <xsl:when
        test="not(starts-with($rest, '[') or starts-with($rest, '(')) or $inner != translate($inner, '[(', '') or translate($inner, ',', '') = ''
          or $commas &gt; 1 or ($commas = 0 and $range != concat('[', $inner, ']'))">!</xsl:when>
      <xsl:otherwise>
        <exclude>
          <xsl:value-of select="concat(@artifact, ':', $range)" />
        </exclude>
        <xsl:choose>
          <xsl:when test="starts-with($others, ',')">
            <xsl:call-template name="ranges">
              <xsl:with-param name="rest" select="substring($others, 2)" />
            </xsl:call-template>
          </xsl:when>
          <xsl:when test="$others != ''">!</xsl:when>
        </xsl:choose>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>
  <xsl:template name="refuse">
    <xsl:param name="why" />
    <alwaysFail>
      <message>
        <xsl:value-of select="concat('advisory ', @id, ' of ', @artifact, ': ', $why)" />
      </message>
    </alwaysFail>
  </xsl:template>
</xsl:stylesheet>
